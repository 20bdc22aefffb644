using ContainerStages.Content;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>What tags meant when a registry was last asked, so that a build with nothing changed needs no network.</summary>
internal sealed class RememberedDigests(StoreDirectory store)
{
    public Digest? Find(ImageReference reference, Platform platform)
    {
        try
        {
            return Digest.TryParse(File.ReadAllText(PathOf(reference, platform)).Split('\n')[0], out var digest) ? digest : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The second line says for whom, so that a person can read the folder.</summary>
    public void Save(ImageReference reference, Platform platform, Digest digest)
    {
        if (Find(reference, platform) != digest)
        {
            StoreDirectory.WriteAtomically(PathOf(reference, platform), System.Text.Encoding.UTF8.GetBytes($"{digest}\n{reference} {platform}\n"));
        }
    }

    private string PathOf(ImageReference reference, Platform platform) =>
        Path.Combine(store.Folder("references"), StoreDirectory.KeyOf($"{reference} {platform}"));
}
