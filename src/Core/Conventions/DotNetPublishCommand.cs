using ContainerStages.Contracts;

namespace ContainerStages.Conventions;

/// <summary>The two commands of a .NET builder. Both begin in the folder that stands for the context.</summary>
/// <param name="application">What is published.</param>
/// <param name="runtimeIdentifier">For what it is published.</param>
/// <param name="inertProperty"><c>NAME=value</c> that keeps the builder from building images.</param>
/// <param name="output">Folder for the result.</param>
/// <param name="packages">Folder of the unpacked packages, in a cache that may have been emptied since the restore.</param>
internal sealed class DotNetPublishCommand(
    DotNetApplication application,
    string runtimeIdentifier,
    string inertProperty,
    string output,
    string packages)
{
    // Where the .NET SDK keeps what it makes of an application that is one file; in a builder there is one.
    private const string OneFileAssets = "\"${XDG_DATA_HOME:-$HOME/.local/share}\"/dotnet/runfile/*/obj/project.assets.json";

    /// <summary>Also marks the cache: as long as the mark is there, the packages are.</summary>
    public string Restore => $"{RestoreOnly} && {Mark} && mkdir -p {packages}/.containerstages && touch \"$mark\"";

    public string Publish => $"{Git}{Mark} && {{ [ -e \"$mark\" ] || {RestoreOnly}; }} && {PublishOnly}".TrimEnd();

    private string PublishOnly =>
        $"dotnet publish {Project} --no-restore -r {runtimeIdentifier} -o {output} {Switches} " +
        string.Join(' ', Properties(application.PublishProperties));

    // The command names the step's result, so another commit or tag is another step.
    private string Git => application.GitState is { } state ? $": {ShellText.Quote($"git {state}")} && " : "";

    // What dotnet publish says for its own restore: with -r, dotnet restore would fetch the runtimes too that only self-contained
    // applications need.
    private string RestoreOnly =>
        $"dotnet restore {Project} -p:RuntimeIdentifier={runtimeIdentifier} -p:_CommandLineDefinedRuntimeIdentifier=true " +
        $"-p:_IsPublishing=true {Switches}";

    private string Mark =>
        $"mark={packages}/.containerstages/$(sha256sum " +
        $"{(application.AssetsFile.Length > 0 ? ShellText.Quote(application.AssetsFile) : OneFileAssets)} | cut -c 1-64)";

    private string Project => ShellText.Quote(application.Project);

    private string Switches =>
        string.Join(' ', ["-nologo", "-tl:off", "-v:m", .. Properties(application.Properties), "-p:" + inertProperty]);

    private static IEnumerable<string> Properties(IReadOnlyDictionary<string, string> properties) =>
        properties
            .OrderBy(property => property.Key, StringComparer.Ordinal)
            .Select(property => ShellText.Quote($"-p:{property.Key}={Escape(property.Value)}"));

    /// <summary>Source: MSBuild special characters; a list would begin another property.</summary>
    private static string Escape(string value) => value
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace(";", "%3B", StringComparison.Ordinal)
        .Replace(",", "%2C", StringComparison.Ordinal)
        .Replace("\"", "%22", StringComparison.Ordinal);
}
