using ContainerStages.Oci;
using ContainerStages.Planning;

namespace ContainerStages.Cli;

/// <summary>What the command line says of contexts: paths are made absolute, standard input and addresses stay as they are.</summary>
internal static class BuildContextOption
{
    private const string StandardInput = "-";

    public static string Read(string text) => text == StandardInput || IsAddress(text) ? text : Path.GetFullPath(text);

    /// <summary>In a folder the Dockerfile is a path of this machine, in any other context a path inside that.</summary>
    public static string Dockerfile(string context, string? file) =>
        file == StandardInput ? file
        : context == StandardInput || IsAddress(context) || File.Exists(context) ? file ?? "Dockerfile"
        : file is null ? Path.Combine(context, "Dockerfile") : Path.GetFullPath(file);

    /// <summary>The value of --build-context.</summary>
    public static string Named(string value) =>
        ImageReference.TryParseSource(value, Environment.CurrentDirectory) is { IsInRegistry: false } image
            ? image.ToString()
        : IsAddress(value) || value.StartsWith("target:", StringComparison.Ordinal) ? value : Path.GetFullPath(value);

    private static bool IsAddress(string text) => text.Contains("://", StringComparison.Ordinal) || GitSource.TryParse(text) is not null;
}
