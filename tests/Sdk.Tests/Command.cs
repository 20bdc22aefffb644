using System.Diagnostics;
using System.Text.RegularExpressions;

namespace ContainerStages.Sdk.Tests;

/// <summary>What a program wrote and how it ended.</summary>
internal sealed partial record CommandResult(string Command, int ExitCode, string Output, string Errors)
{
    public string All => Output + Errors;

    public CommandResult ShouldSucceed()
    {
        Assert.AreEqual(0, ExitCode, $"{Command}\n{All}");
        return this;
    }

    public CommandResult ShouldFail()
    {
        Assert.AreEqual(1, ExitCode, $"{Command}\n{All}");
        return this;
    }

    /// <summary>
    /// The distinct errors or warnings in the form that compilers print, as <c>file name(line,column): error CODE</c>; places and columns
    /// that are unknown are left out.
    /// </summary>
    public IReadOnlyList<string> Diagnostics =>
        [.. All.Split('\n').Select(line => Canonical().Match(line)).Where(match => match.Success)
            .Select(match => $"{Path.GetFileName(match.Groups["file"].Value)}{match.Groups["place"].Value}: {match.Groups["what"].Value}")
            .Distinct(StringComparer.Ordinal)];

    /// <summary>The lines that name a published image.</summary>
    public IReadOnlyList<string> ResultLines => [.. All.Split('\n')
        .Where(line => line.Contains(" -> ", StringComparison.Ordinal) && line.Contains("@sha256:", StringComparison.Ordinal))];

    [GeneratedRegex(
        @"^\s*(?<file>[^\s(:][^(:]*?)(?<place>\([0-9,]+\))?\s*: (?<what>(?:error|warning) [A-Z]+[0-9]*)\b",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Canonical();
}

/// <summary>Runs programs as a user does, without what the test runner's own dotnet left in the environment.</summary>
internal static class Command
{
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string folder,
        IReadOnlyDictionary<string, string> environment,
        CancellationToken cancellationToken)
    {
        using var process = Start(program, arguments, folder, environment);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return new CommandResult($"{program} {string.Join(' ', arguments)}", process.ExitCode, await output, await errors);
    }

    public static Process Start(
        string program, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (var name in start.Environment.Keys.Where(IsOfTheRunner).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static bool IsOfTheRunner(string name) =>
        name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)
        || name is "DOTNET_HOST_PATH" or "DOTNET_CLI_CONTEXT_VERBOSE" or "SOURCE_DATE_EPOCH" or "NUGET_PACKAGES"
        || name.StartsWith("TESTINGPLATFORM", StringComparison.OrdinalIgnoreCase);
}
