using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Posix;

namespace ContainerStages.Sources;

/// <summary>An image name in a lock file: the digest of its index, where it has one, and that of the manifest for each platform.</summary>
public sealed record LockedImage(Digest? Index, ImmutableSortedDictionary<string, Digest> Platforms)
{
    public static LockedImage Empty { get; } = new(null, LockFile.Sorted<Digest>());

    /// <summary>What the name itself stands for: the index, else the one manifest; null where the entry is empty.</summary>
    public Digest? Named => Index ?? (Platforms.IsEmpty ? null : Platforms.Values.First());
}

/// <summary>What one project fetches: images by name, files that ADD downloads by address, commits by repository and reference.</summary>
public sealed record LockedInputs(
    ImmutableSortedDictionary<string, LockedImage> Images,
    ImmutableSortedDictionary<string, Digest> Files,
    ImmutableSortedDictionary<string, string> Commits)
{
    public static LockedInputs Empty { get; } = new(LockFile.Sorted<LockedImage>(), LockFile.Sorted<Digest>(), LockFile.Sorted<string>());

    public bool IsEmpty => Images.IsEmpty && Files.IsEmpty && Commits.IsEmpty;

    /// <summary>One line per fact, as name and value: what a person compares.</summary>
    public IEnumerable<KeyValuePair<string, string>> Facts() =>
    [
        .. Images.SelectMany(image =>
            image.Value.Platforms.Select(platform => KeyValuePair.Create($"{image.Key} {platform.Key}", platform.Value.ToString()))),
        .. Files.Select(file => KeyValuePair.Create(file.Key, file.Value.ToString())),
        .. Commits.Select(commit => KeyValuePair.Create(commit.Key, commit.Value)),
    ];
}

/// <summary>
/// A lock file (<c>containerstages.lock.json</c>): for each project of its folder what it fetches, by digest. Sorted, one line per fact, so
/// that a change is read and merged line by line.
/// </summary>
public sealed record LockFile(ImmutableSortedDictionary<string, LockedInputs> Projects)
{
    public const string DefaultName = "containerstages.lock.json";

    /// <summary>Format of the file; others are refused.</summary>
    public const int Version = 1;

    private const long Largest = 64 << 20;

    private static readonly JsonWriterOptions Format =
        new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static LockFile Empty { get; } = new(Sorted<LockedInputs>());

    /// <summary>An empty one where the file is missing.</summary>
    /// <exception cref="BuildFailedException">It cannot be read, or was damaged by hand or by a merge.</exception>
    public static LockFile Read(string path)
    {
        try
        {
            return LockFileReader.Parse(path, ReadText(path));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return Empty;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(LockDiagnostics.NotAccessible(path, failure.Message), failure);
        }
    }

    /// <summary>It may lie in a context of somebody else: nothing waits at a pipe, or reads a device that has no end.</summary>
    private static string ReadText(string path)
    {
        var handle = HeldFolder.Open("/").TryOpenInside(Path.GetRelativePath("/", Path.GetFullPath(path)))
            ?? throw new FileNotFoundException(null, path);
        using (handle)
        {
            if (!FileCalls.TryStat(handle, "", out var status) || !status.IsRegularFile || status.Size > Largest)
            {
                throw new IOException($"'{path}' is no plain file of at most {Largest >> 20} MiB.");
            }

            using var reader = new StreamReader(new FileStream(handle, FileAccess.Read));
            return reader.ReadToEnd();
        }
    }

    /// <summary>What stands in the file for a project.</summary>
    public LockedInputs Of(string project) => Projects.GetValueOrDefault(project) ?? LockedInputs.Empty;

    public LockFile With(string project, LockedInputs inputs) =>
        new(inputs.IsEmpty ? Projects.Remove(project) : Projects.SetItem(project, inputs));

    public string ToText()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Format))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            Write(json, "projects", Projects, (name, project) =>
            {
                json.WriteStartObject(name);
                Write(json, "images", project.Images, (image, digests) => Write(json, image, digests));
                Write(json, "files", project.Files, (address, digest) => json.WriteString(address, digest.ToString()));
                Write(json, "commits", project.Commits, json.WriteString);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length) + "\n";
    }

    internal static ImmutableSortedDictionary<string, T> Sorted<T>() => ImmutableSortedDictionary.Create<string, T>(StringComparer.Ordinal);

    private static void Write(Utf8JsonWriter json, string name, LockedImage image)
    {
        json.WriteStartObject(name);
        if (image.Index is { } index)
        {
            json.WriteString("index", index.ToString());
        }

        foreach (var (platform, digest) in image.Platforms)
        {
            json.WriteString(platform, digest.ToString());
        }

        json.WriteEndObject();
    }

    private static void Write<T>(Utf8JsonWriter json, string name, ImmutableSortedDictionary<string, T> entries, Action<string, T> write)
    {
        if (entries.IsEmpty)
        {
            return;
        }

        json.WriteStartObject(name);
        foreach (var (key, value) in entries)
        {
            write(key, value);
        }

        json.WriteEndObject();
    }
}
