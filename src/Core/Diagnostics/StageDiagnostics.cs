using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>CST30xx: what can be wrong between the stages of a build, and with the words of their instructions.</summary>
internal static class StageDiagnostics
{
    public static Diagnostic UnknownStage(string name, string nearest, SourceLocation location) =>
        Error(
            "CST3001",
            $"There is no stage named '{name}'. Did you mean '{nearest}'? To name an image, add its tag: '{name}:latest'.",
            location);

    public static Diagnostic StageDefinedLater(string name, SourceLocation definition, SourceLocation location) =>
        Error(
            "CST3002",
            $"Stage '{name}' is defined later, at line {definition.Line}; a Dockerfile can name only stages above. Move it up; to name " +
            $"an image, add its tag: '{name}:latest'.",
            location);

    public static Diagnostic StageNamesItself(string name, SourceLocation location) =>
        Error("CST3003", $"Stage '{name}' cannot take from itself.", location);

    public static Diagnostic Cycle(IEnumerable<string> names, SourceLocation location) =>
        Error("CST3004", $"The stages need each other in a circle: {string.Join(" -> ", names)}.", location);

    public static Diagnostic UnknownTarget(string target, IReadOnlyList<string> names, SourceLocation? location)
    {
        var valid = names.Count == 0 ? "No stage has a name." : $"Stages: {string.Join(", ", names)}.";
        return new Diagnostic(
            "CST3005",
            Severity.Error,
            $"There is no stage '{target}' to build.{NearestName.Suggest(target, names)} {valid}",
            location);
    }

    public static Diagnostic StageIndexOutOfRange(int index, int count, SourceLocation location) =>
        Error(
            "CST3006",
            count == 0
                ? $"There is no stage {index}: no stage stands above."
                : $"There is no stage {index} above; valid are 0 to {count - 1}.",
            location);

    public static Diagnostic InvalidImage(string text, SourceLocation location) =>
        Error(
            "CST3007",
            $"'{text}' is neither a stage nor an image reference ([registry/]repository[:tag][@digest], lower case).",
            location);

    public static Diagnostic StageNameRepeated(string name, SourceLocation first, SourceLocation location) =>
        Error(
            "CST3008",
            $"The stage name '{name}' is taken already, at {first}; names differ in more than upper and lower case.",
            location);

    public static Diagnostic ReservedStageName(string name, SourceLocation location) =>
        Error("CST3009", $"A stage cannot be named '{name}': 'scratch' is the empty base and 'context' the build context.", location);

    public static Diagnostic NoStage(SourceLocation? location) =>
        new("CST3010", Severity.Error, "There is no stage to build.", location);

    public static Diagnostic VariableInCopyFrom(string from, SourceLocation location) =>
        Error(
            "CST3011",
            $"Variables are not replaced in --from ('{from}'). Give the image a stage of its own, 'FROM " +
            $"{from} AS NAME', and copy from NAME.",
            location);

    public static Diagnostic CopyFromScratch(SourceLocation location) =>
        Error("CST3012", "There is nothing to copy from 'scratch': it is the empty base.", location);

    public static Diagnostic CannotExpand(string word, string reason, SourceLocation location) =>
        Error("CST3013", $"The variables in '{word}' cannot be replaced: {reason}.", location);

    private static Diagnostic Error(string code, string message, SourceLocation location) => new(code, Severity.Error, message, location);
}
