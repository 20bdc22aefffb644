using ContainerStages.Cli.Verbs;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Running;

namespace ContainerStages.Cli.Completion;

/// <summary>Completes the last word of a command line from the tables of verbs and options.</summary>
internal static class WordCompletion
{
    private static readonly (string Text, string Help)[] Global = [("--help", "show all verbs"), ("--version", "show the version")];

    /// <summary>
    /// Returns lines for the completion scripts: a candidate, a tab and its explanation on each; the last line is <c>:words</c>, or
    /// <c>:files</c> or <c>:folders</c> where the shell completes a path itself.
    /// </summary>
    /// <param name="words">What follows the program's name; the last word is the one to complete, and may be blank.</param>
    public static IEnumerable<string> Complete(IReadOnlyList<Verb> verbs, IReadOnlyList<string> words)
    {
        var current = words.Count == 0 ? "" : words[^1];
        if (words.Count <= 1)
        {
            return Lines(current, [.. verbs.Where(verb => verb.Help.Length > 0).Select(verb => (verb.Name, verb.Help)), .. Global]);
        }

        return verbs.FirstOrDefault(known => known.Name == words[0]) is { } verb
            ? OfVerb(verb, words.Skip(1).SkipLast(1), current)
            : Lines(current, []);
    }

    private static IEnumerable<string> OfVerb(Verb verb, IEnumerable<string> before, string current)
    {
        Option[] options = [.. verb.Options, VerbTable.HelpOption];
        var given = new GivenWords(options, before, verb.StopAtFirst);
        if (given.Pending is { } pending)
        {
            return Values(pending.Candidates, given, current);
        }

        if (!given.EndsOptions && current.StartsWith('-'))
        {
            return current.StartsWith("--", StringComparison.Ordinal) && current.Split('=', 2) is [var name, var value]
                ? Values(options.FirstOrDefault(option => option.Names.Contains(name))?.Candidates, given, value, name + "=")
                : Lines(current, options.SelectMany(option => option.Names.Select(each => (each, option.Help))));
        }

        return Values(verb.StopAtFirst && given.Plain.Count > 0 ? Candidates.Files : verb.Arguments, given, current);
    }

    private static IEnumerable<string> Values(
        Candidates? candidates, GivenWords given, string current, string prefix = "") => candidates?.Source switch
    {
        CandidateSource.Files => [":files"],
        CandidateSource.Folders => [":folders"],
        CandidateSource.Images => Lines(prefix + current, Images().Select(name => (prefix + name, ""))),
        CandidateSource.Stages => Lines(prefix + current, Stages(given).Select(name => (prefix + name, ""))),
        _ => Lines(prefix + current, (candidates?.Words ?? []).Select(word => (prefix + word, ""))),
    };

    private static IEnumerable<string> Lines(string current, IEnumerable<(string Text, string Help)> candidates) =>
        candidates
            .Where(candidate => candidate.Text.StartsWith(current, StringComparison.Ordinal))
            .Select(candidate => $"{candidate.Text}\t{candidate.Help}")
            .Append(":words");

    private static string[] Images()
    {
        using var store = new ImageStore(null, _ => { });
        return [.. store.List().Select(image => image.Name.FamiliarName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The named stages of the Dockerfile; none where it cannot be read or has mistakes, which the build reports.</summary>
    private static IEnumerable<string> Stages(GivenWords given)
    {
        var path = BuildContextOption.Dockerfile(Path.GetFullPath(given.Plain.Count > 0 ? given.Plain[0] : "."), given.Last("--file"));
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return DockerfileFrontEnd.Read(File.ReadAllText(path), path, new FrontEndOptions()).Stages
                .Select(stage => stage.Name)
                .OfType<string>();
        }
        catch (BuildFailedException)
        {
            return [];
        }
    }
}
