using System.Globalization;
using System.Text;
using ContainerStages.Caching;
using ContainerStages.Content;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Stages;

namespace ContainerStages.Engines;

/// <summary>Here-documents of COPY and ADD, and what conventions write, as files in folders named by content. Source: Dockerfile reference, Here-Documents.</summary>
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
        if (!IsOf(tree, folder))
        {
            TreeRemover.Remove(folder);
        }

        foreach (var file in tree.Files)
        {
            var path = folder + file.Path;
            Directory.CreateDirectory(file.Content is null ? path : Path.GetDirectoryName(path)!);
            if (file.Content is not null)
            {
                Write(path, Encoding.UTF8.GetBytes(file.Content));
            }

            // The umask of whoever builds is no input.
            FileCalls.Check(FileCalls.Chmod(path, file.Mode), "chmod", path);
        }

        return folder;
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

    /// <summary>False where something stands there that the tree does not have.</summary>
    private static bool IsOf(FromFiles tree, string folder)
    {
        if (!Directory.Exists(folder))
        {
            return false;
        }

        var paths = tree.Files.Select(file => file.Path + "/").ToArray();
        return Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .All(entry => paths.Any(path => path.StartsWith(entry[folder.Length..] + "/", StringComparison.Ordinal)));
    }

    /// <summary>What stands there already was written by an earlier build, but something may have damaged it since.</summary>
    private static void Write(string path, ReadOnlySpan<byte> content)
    {
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(content))
        {
            StoreDirectory.Replace(path, content);
        }
    }
}
