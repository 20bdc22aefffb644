using System.Globalization;
using System.Text;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>
/// Here-documents of COPY and ADD, and what conventions write, as files in folders named by content. Source: Dockerfile reference,
/// Here-Documents.
/// </summary>
internal sealed class DocumentFiles(StoreDirectory store)
{
    private const uint Mode = 0x1A4; // rw-r--r--

    /// <summary>A folder that holds nothing but the document.</summary>
    public string Write(FromDocument document) => Write(new FromFiles([new InlineFile("/" + document.Name, document.Content, Mode)]));

    /// <summary>A folder that holds the files under their paths.</summary>
    public string Write(FromFiles tree)
    {
        var name = NameOf(tree);
        var folder = Path.Combine(store.Folder("documents"), name);
        store.Use.Note($"documents/{name}");

        // What another build has just begun to write would look like damage.
        using var alone = store.Lock($"documents-{name[..32]}", shared: false);
        if (!IsWhole(tree, folder))
        {
            Make(tree, folder);
        }

        return folder;
    }

    private static void Make(FromFiles tree, string folder)
    {
        TreeRemover.Remove(folder);
        foreach (var file in tree.Files)
        {
            var path = folder + file.Path;
            Directory.CreateDirectory(file.Content is null ? path : Path.GetDirectoryName(path)!);
            if (file.Content is not null)
            {
                File.WriteAllBytes(path, Encoding.UTF8.GetBytes(file.Content));
            }

            // The umask of whoever builds is no input.
            FileCalls.Check(FileCalls.Chmod(path, file.Mode), "chmod", path);
        }
    }

    private static string NameOf(FromFiles tree)
    {
        var key = new KeyBuilder("documents");
        foreach (var file in tree.Files)
        {
            key.Add("path", file.Path).Add("mode", file.Mode.ToString(CultureInfo.InvariantCulture)).Add("content", file.Content);
        }

        return key.Build();
    }

    /// <summary>What an earlier build wrote may have been damaged since.</summary>
    private static bool IsWhole(FromFiles tree, string folder) =>
        Directory.Exists(folder) && tree.Files.All(file => IsThere(file, folder + file.Path)) && HasNothingElse(tree, folder);

    private static bool IsThere(InlineFile file, string path) =>
        FileCalls.TryStat(path, out var status)
            && status.Permissions == file.Mode
            && (file.Content is { } content
                ? status.IsRegularFile && File.ReadAllBytes(path).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(content))
                : status.IsDirectory);

    private static bool HasNothingElse(FromFiles tree, string folder)
    {
        var paths = tree.Files.Select(file => file.Path + "/").ToArray();
        return Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .All(entry => paths.Any(path => path.StartsWith(entry[folder.Length..] + "/", StringComparison.Ordinal)));
    }
}
