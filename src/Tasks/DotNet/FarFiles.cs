using System.Text;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// Files that share no folder with the project: a builder gets each alone, at its own path, because the project names it by that.
/// </summary>
internal sealed class FarFiles(string projectFile)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="ProjectException">One is a folder, a project, or no text.</exception>
    public IReadOnlyList<WrittenFile> Read(IReadOnlyList<string> paths) =>
        [.. paths.Select(
            path => new WrittenFile(path, Text(path) ?? throw new ProjectException(DotNetDiagnostics.FarFromProject(path, projectFile))))];

    /// <summary>Null for what is none. A project stands for the files beside it too.</summary>
    private static string? Text(string path)
    {
        if (!File.Exists(path) || Path.GetExtension(path).EndsWith("proj", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        try
        {
            var text = Strict.GetString(File.ReadAllBytes(path));
            return text.Contains('\0', StringComparison.Ordinal) ? null : text.TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}
