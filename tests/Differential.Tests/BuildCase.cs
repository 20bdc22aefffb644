using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Differential.Tests;

/// <summary>
/// One folder of Cases: a Dockerfile and its context, and beside them what is no part of the context: <c>args</c> (flags of the build, one
/// a line), <c>make.sh</c> (makes, in a copy, what git cannot hold), <c>newer.txt</c> (why Debian's Docker is too old, with the line of the
/// reference) and <c>expected.txt</c> (the image that a newer Docker gives, or where <c>reference.txt</c> says from which line, one written
/// by hand), <c>different.txt</c> (why our image is knowingly another), <c>fails.txt</c> (why the build must fail).
/// </summary>
internal sealed class BuildCase(string name)
{
    private static readonly string[] NotContext =
        ["args", "make.sh", "newer.txt", "reference.txt", "expected.txt", "different.txt", "fails.txt"];

    public static string Root { get; } = Repository.PathOf("tests", "Differential.Tests", "Cases");

    /// <summary>All of them, or while working those whose name matches the expression in DIFFERENTIAL_CASES.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateDirectories(Root)
        .Select(folder => Path.GetFileName(folder))
        .Where(name =>
            Regex.IsMatch(name, Environment.GetEnvironmentVariable("DIFFERENTIAL_CASES") ?? "", RegexOptions.None, TimeSpan.FromSeconds(1)))
        .Order(StringComparer.Ordinal);

    public string[] Arguments => Read("args") is { } text ? text.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];

    public string? Expected => Read("expected.txt");

    /// <summary>Debian's Docker cannot build it, or no Docker.</summary>
    public bool HasExpected => IsWritten || (Read("newer.txt") is not null && DockerDaemon.Newer is null);

    public bool IsDifferent => Read("different.txt") is not null;

    public bool Fails => Read("fails.txt") is not null;

    /// <summary>Copies the context to <paramref name="folder"/> and completes it.</summary>
    public async Task CopyContextAsync(string folder)
    {
        await RealTool.RunAsync("cp", "-a", "--no-target-directory", "--no-preserve=ownership", Path.Combine(Root, name), folder);
        foreach (var file in NotContext)
        {
            File.Delete(Path.Combine(folder, file));
        }

        if (Read("make.sh") is { } script)
        {
            await RealTool.RunAsync("sh", "-euc", "umask 022; cd \"$1\"; eval \"$2\"", "sh", folder, script);
        }
    }

    /// <summary>Keeps what a newer Docker built.</summary>
    public void UpdateExpected(Built theirs)
    {
        if (Read("newer.txt") is not null && !HasExpected && theirs.Image is { } image)
        {
            File.WriteAllText(Path.Combine(Root, name, "expected.txt"), image);
        }
    }

    private bool IsWritten => Read("reference.txt") is not null;

    private string? Read(string file) => Path.Combine(Root, name, file) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
}
