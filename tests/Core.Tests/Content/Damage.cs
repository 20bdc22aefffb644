using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Content;

/// <summary>Something that happens to a file.</summary>
internal sealed record Damage(string Name, Action<string> Apply)
{
    public static IReadOnlyList<Damage> All { get; } =
    [
        new("emptied", path => Change(path, _ => [])),
        new("halved", path => Change(path, bytes => bytes[..(bytes.Length / 2)])),
        new("flipped near the beginning", path => Change(path, bytes => Flip(bytes, bytes.Length / 5))),
        new("flipped in the middle", path => Change(path, bytes => Flip(bytes, bytes.Length / 2))),
        new("flipped near the end", path => Change(path, bytes => Flip(bytes, bytes.Length * 4 / 5))),
        new("other JSON", path => Change(path, _ => """{"manifests":{"other":[1]},"Layer":null}"""u8.ToArray())),
        new("a folder", path =>
        {
            Remove(path);
            Directory.CreateDirectory(Path.Combine(path, "inside"));
        }),
        new("removed", Remove),
    ];

    private static byte[] Flip(byte[] bytes, int place)
    {
        if (bytes.Length > 0)
        {
            bytes[place] ^= 1;
        }

        return bytes;
    }

    /// <summary>A folder that holds a thing becomes a file.</summary>
    private static void Change(string path, Func<byte[], byte[]> change)
    {
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        Remove(path);
        File.WriteAllBytes(path, change(bytes));
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
