using System.Text;
using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>What tags meant when a registry was last asked, so that a build with nothing changed needs no network.</summary>
internal sealed class RememberedDigests(StoreDirectory store)
{
    private const string Folder = "references";

    public Digest? Find(ImageReference reference, Platform platform) => Read(PathOf(reference, platform))?.Digest;

    /// <summary>What a file of the folder says, with its text; null where it is damaged.</summary>
    public static (Digest Digest, string Text)? Read(string path) =>
        SealedFile.Read(path) is { } bytes
            && Encoding.UTF8.GetString(bytes) is var text
            && Digest.TryParse(text.Split('\n')[0], out var digest)
            ? (digest, text)
            : null;

    /// <summary>The second line says for whom, so that a person can read the folder.</summary>
    public void Save(ImageReference reference, Platform platform, Digest digest)
    {
        if (store.IsWritable && Find(reference, platform) != digest)
        {
            store.Folder(Folder);
            SealedFile.Write(PathOf(reference, platform), Encoding.UTF8.GetBytes($"{digest}\n{reference} {platform}\n"));
        }
    }

    private string PathOf(ImageReference reference, Platform platform) =>
        Path.Combine(store.Root, Folder, StoreDirectory.KeyOf($"{reference} {platform}"));
}
