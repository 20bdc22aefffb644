using System.Text.RegularExpressions;

namespace ContainerStages.Tasks.Logging;

/// <summary>
/// Finds the host's file for a path in a container. The file was copied from the build context, so its path ends as the container's path
/// does: <c>/go/src/app/cmd/main.go</c> is <c>context/cmd/main.go</c> when that exists. Never leaves the context.
/// </summary>
/// <param name="contextDirectory">The build context.</param>
/// <param name="containerFolder">Where the whole context is in the container; null where nobody knows.</param>
public sealed class HostFiles(string contextDirectory, string? containerFolder = null)
{
    private const int MostEntries = 50_000;
    private readonly Dictionary<string, string?> found = new(StringComparer.Ordinal);

    /// <summary>The absolute path on the host, or null where the context has no such file, or several and none fits better.</summary>
    public string? Find(string containerPath)
    {
        if (!found.TryGetValue(containerPath, out var file))
        {
            var parts = Parts(containerPath);
            file = parts.Length == 0 ? null : InContext(containerPath) ?? AtLongestEnd(parts) ?? OnlyOneEndingWith(parts);
            found.Add(containerPath, file);
        }

        return file;
    }

    /// <summary>A text with the paths of this machine instead of the container's.</summary>
    public string Translate(string text) => containerFolder is null ? text : Folder().Replace(text, contextDirectory);

    // No part of a longer path, and no path of another root.
    private Regex Folder() => new($@"(?<![\w./-]){Regex.Escape(containerFolder!)}(?=/)", RegexOptions.None, TimeSpan.FromSeconds(1));

    private string? InContext(string path) =>
        containerFolder is not null
            && path.StartsWith(containerFolder + "/", StringComparison.Ordinal)
            && Path.Combine(contextDirectory, path[(containerFolder.Length + 1)..]) is var file
            && File.Exists(file)
            ? file
            : null;

    // './' and '../' say where the compiler ran, which is not where the context is.
    private static string[] Parts(string path) =>
        [.. path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part is not ("." or ".."))];

    private string? AtLongestEnd(string[] parts) =>
        Enumerable.Range(0, parts.Length)
            .Select(start => Path.Combine([contextDirectory, .. parts[start..]]))
            .FirstOrDefault(File.Exists);

    // COPY src/ . moves files up: look for the path below every folder of the context.
    private string? OnlyOneEndingWith(string[] parts)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = true,
            IgnoreInaccessible = true,
            AttributesToSkip = FileAttributes.ReparsePoint,
        };
        var ending = "/" + string.Join('/', parts);
        List<string> files =
        [
            .. Directory.EnumerateFiles(contextDirectory, "*", options)
                .Take(MostEntries)
                .Where(file => file.EndsWith(ending, StringComparison.Ordinal))
                .Take(2),
        ];
        return files.Count == 1 ? files[0] : null;
    }
}
