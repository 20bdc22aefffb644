using System.Text;
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
        var name = StoreDirectory.KeyOf(string.Join('\0', tree.Files.SelectMany(file => (string[])[file.Path, file.Mode.ToString(), file.Content ?? "/"])));
        var folder = Path.Combine(store.Folder("documents"), name);
        store.Use.Note($"documents/{name}");
        foreach (var file in tree.Files)
        {
            var path = folder + file.Path;
            Directory.CreateDirectory(file.Content is null ? path : Path.GetDirectoryName(path)!);
            if (file.Content is not null && !File.Exists(path))
            {
                StoreDirectory.WriteAtomically(path, Encoding.UTF8.GetBytes(file.Content));
            }

            // The umask of whoever builds is no input.
            FileCalls.Check(FileCalls.Chmod(path, file.Mode), "chmod", path);
        }

        return folder;
    }
}
