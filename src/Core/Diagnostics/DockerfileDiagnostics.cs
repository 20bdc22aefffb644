using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>CST2xxx: what can be wrong with the text of a Dockerfile, of the steps in a project, or of an ignore file.</summary>
public static class DockerfileDiagnostics
{
    public static Diagnostic FileMissing(string path) =>
        Error(
            "CST2001",
            $"The Dockerfile '{path}' does not exist. Name another with -f, or with ContainerStagesDockerfile in a project.",
            new SourceLocation(path));

    public static Diagnostic FileUnreadable(string path, string reason) =>
        Error("CST2002", $"'{path}' cannot be read: {reason}", new SourceLocation(path));

    public static Diagnostic NoInstructions(SourceLocation file) =>
        Error("CST2003", "The file holds no instruction. A Dockerfile begins with FROM, for example 'FROM alpine:latest'.", file);

    public static Diagnostic UnknownInstruction(string keyword, IEnumerable<string> known, SourceLocation location) =>
        Error("CST2004", $"Unknown instruction '{keyword}'.{NearestName.Suggest(keyword, known)}", location);

    public static Diagnostic NotSupportedYet(string thing, SourceLocation location) =>
        Error("CST2005", $"{thing} is not supported yet.", location);

    public static Diagnostic InstructionBeforeFrom(string keyword, SourceLocation location) =>
        Error("CST2006", $"{keyword} stands before the first FROM; only ARG may. Begin the stage with FROM.", location);

    public static Diagnostic FromInSteps(SourceLocation location) =>
        Error(
            "CST2007",
            "FROM cannot stand in the steps of a project's stage: the stage's base is its From, and another stage " +
            "is another ContainerStage item.",
            location);

    public static Diagnostic UnknownFlag(string keyword, string flag, IReadOnlyCollection<string> known, SourceLocation location)
    {
        var valid = known.Count == 0 ? $"{keyword} has no flags." : $"Valid: {string.Join(", ", known.Select(name => "--" + name))}.";
        return Error(
            "CST2008",
            $"Unknown flag '--{flag}' of {keyword}.{NearestName.Suggest("--" + flag, known.Select(name => "--" + name))} {valid}",
            location);
    }

    public static Diagnostic FlagWithoutValue(string keyword, string flag, SourceLocation location) =>
        Error("CST2009", $"Flag '--{flag}' of {keyword} has no value; write --{flag}=VALUE.", location);

    public static Diagnostic FlagRepeated(string keyword, string flag, SourceLocation location) =>
        Error("CST2010", $"Flag '--{flag}' of {keyword} is given twice.", location);

    public static Diagnostic ArgumentsMissing(string keyword, string form, SourceLocation location) =>
        Error("CST2011", $"{keyword} needs {form}.", location);

    public static Diagnostic CopyWithoutDestination(string keyword, SourceLocation location) =>
        Error("CST2012", $"{keyword} needs at least one source and a destination: {keyword} SOURCE... DESTINATION.", location);

    public static Diagnostic FromForm(SourceLocation location) =>
        Error("CST2013", "FROM has one or three arguments: FROM IMAGE, or FROM IMAGE AS NAME.", location);

    public static Diagnostic InvalidStageName(string name, SourceLocation location) =>
        Error(
            "CST2014",
            $"'{name}' cannot name a stage: a name begins with a letter and holds letters, digits, '-', '_' and '.'.",
            location);

    public static Diagnostic BaseWithoutValue(string written, string expanded, IEnumerable<string> unset, SourceLocation location)
    {
        var names = string.Join(", ", unset);
        var next = names.Length == 0
            ? ""
            : $" {names} has no value: give it one with ARG before the first FROM, or with --build-arg; in a project, with a " +
                "ContainerStageBuildArg item.";
        return Error(
            "CST2015",
            expanded.Length == 0
                ? $"The base '{written}' of FROM is blank.{next}"
                : $"The base '{written}' of FROM gives '{expanded}', which is no image.{next}",
            location);
    }

    public static Diagnostic InvalidPlatform(string platform, SourceLocation location) =>
        Error("CST2016", $"'{platform}' is not a platform; write os/architecture[/variant], for example linux/arm64.", location);

    public static Diagnostic EqualsMissing(string keyword, string word, SourceLocation location) =>
        Error("CST2017", word.StartsWith('#')
            ? $"'{word}' begins no comment here: in a Dockerfile a comment has a line of its own."
            : $"'{word}' of {keyword} lacks '='; write NAME=VALUE, and quote values that hold blanks.", location);

    public static Diagnostic BlankName(string keyword, SourceLocation location) =>
        Error("CST2018", $"A name of {keyword} is blank; write NAME=VALUE.", location);

    public static Diagnostic ArrayOfOtherThings(string keyword, SourceLocation location) =>
        Error("CST2019", $"The JSON array of {keyword} may hold strings only; put each element in double quotes.", location);

    public static Diagnostic ShellNotArray(SourceLocation location) =>
        Error("CST2020", "SHELL needs a JSON array of strings, for example SHELL [\"/bin/sh\", \"-c\"].", location);

    public static Diagnostic BlankVolume(SourceLocation location) =>
        Error("CST2021", "A path of VOLUME is blank.", location);

    public static Diagnostic DirectiveRepeated(string name, SourceLocation location) =>
        Error("CST2022", $"The parser directive '{name}' stands twice; it is valid once, at the top of the file.", location);

    public static Diagnostic InvalidEscape(string value, SourceLocation location) =>
        Error("CST2023", $"'{value}' cannot be the escape character; valid are \\ and `.", location);

    public static Diagnostic ForeignSyntax(string value, SourceLocation location) =>
        Error(
            "CST2024",
            $"The syntax '{value}' is another language than docker/dockerfile and is not supported. Remove the directive, or write the " +
            "file in the Dockerfile language.",
            location);

    public static Diagnostic HeredocWithoutEnd(string name, SourceLocation location) =>
        Error("CST2025", $"The here-document '<<{name}' has no end: no later line reads '{name}'.", location);

    public static Diagnostic InvalidIgnorePattern(string pattern, string reason, SourceLocation location) =>
        Error("CST2026", $"'{pattern}' is not a pattern of an ignore file: {reason}", location);

    public static Diagnostic HeredocNameApart(string keyword, string mark, string name, SourceLocation location) =>
        Error(
            "CST2027",
            $"'{mark} {name}' of {keyword} begins no here-document: " +
            $"{(mark == "<<-" ? $"no blank may stand behind '{mark}'" : "only RUN takes a blank there")}. Write {mark}{name}.",
            location);

    public static Diagnostic FlagNotBoolean(string keyword, string flag, string value, SourceLocation location) =>
        Error("CST2201", $"Flag '--{flag}' of {keyword} takes true or false, not '{value}'.", location);

    public static Diagnostic FlagValue(string keyword, string flag, string value, string valid, SourceLocation location) =>
        Error("CST2202", $"'{value}' is no value of {keyword} --{flag}; it takes {valid}.", location);

    public static Diagnostic HealthcheckForm(string reason, SourceLocation location) =>
        Error("CST2203", $"{reason} Write HEALTHCHECK [OPTIONS] CMD COMMAND, or HEALTHCHECK NONE.", location);

    public static Diagnostic OnBuildOf(string keyword, SourceLocation location) =>
        Error("CST2204", $"{keyword} cannot be the instruction of ONBUILD.", location);

    public static Diagnostic EscapeInProject(char escape, SourceLocation file) =>
        Error(
            "CST2205",
            $"The file has the escape character '{escape}', which the steps of a project cannot have. Write it with '\\', or name the " +
            "file with ContainerStagesDockerfile.",
            file);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
