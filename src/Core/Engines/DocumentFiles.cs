using System.Security.Cryptography;
using System.Text;
using ContainerStages.Content;
using ContainerStages.Planning;
using ContainerStages.Posix;

namespace ContainerStages.Engines;

/// <summary>Here-documents of COPY and ADD as files, in folders named by content. Source: Dockerfile reference, Here-Documents.</summary>
internal sealed class DocumentFiles(StoreDirectory store)
{
    private const uint Mode = 0x1A4; // rw-r--r--

    /// <summary>A folder that holds nothing but the document.</summary>
    public string Write(FromDocument document)
    {
        var content = Encoding.UTF8.GetBytes(document.Content);
        var name = Convert.ToHexStringLower(SHA256.HashData([.. Encoding.UTF8.GetBytes(document.Name), 0, .. content]));
        var folder = Path.Combine(store.Folder("documents"), name);
        var path = Path.Combine(folder, document.Name);
        store.Use.Note($"documents/{name}");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(folder);
            StoreDirectory.WriteAtomically(path, content);
        }

        // The umask of whoever builds is no input.
        FileCalls.Check(FileCalls.Chmod(path, Mode), "chmod", path);
        return folder;
    }
}
