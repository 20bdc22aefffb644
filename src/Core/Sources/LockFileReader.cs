using System.Collections.Immutable;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Sources;

/// <summary>Reads the text of a lock file, and says where it was damaged by hand or by a merge.</summary>
internal sealed class LockFileReader
{
    private const string IndexName = "index";
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };
    private readonly string path;
    private readonly string text;

    private LockFileReader(string path, string text) => (this.path, this.text) = (path, text);

    /// <exception cref="BuildFailedException">The text is no lock file that this version knows.</exception>
    public static LockFile Parse(string path, string text) => new LockFileReader(path, text).Parse();

    private LockFile Parse()
    {
        RefuseConflict();
        try
        {
            using var json = JsonDocument.Parse(text, Strict);
            var root = Members(json.RootElement, "the file");
            var version = root.GetValueOrDefault("version");
            if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != LockFile.Version)
            {
                throw new BuildFailedException(LockDiagnostics.UnknownVersion(
                    version.ValueKind == JsonValueKind.Undefined ? "none" : version.GetRawText(), LockFile.Version, PlaceOf("version")));
            }

            return new LockFile(Read(root, "projects", Project));
        }
        catch (JsonException problem)
        {
            throw new BuildFailedException(
                LockDiagnostics.Malformed(problem.Message, new SourceLocation(path, (int)(problem.LineNumber ?? -1) + 1)),
                problem);
        }
    }

    private void RefuseConflict()
    {
        var lines = text.Split('\n');
        var marker = Array.FindIndex(
            lines,
            line => line.StartsWith("<<<<<<< ", StringComparison.Ordinal)
                || line.StartsWith("=======", StringComparison.Ordinal)
                || line.StartsWith(">>>>>>> ", StringComparison.Ordinal));
        if (marker >= 0)
        {
            throw new BuildFailedException(LockDiagnostics.MergeConflict(new SourceLocation(path, marker + 1)));
        }
    }

    private LockedInputs Project(string name, JsonElement element)
    {
        var members = Members(element, name);
        if (members.Keys.FirstOrDefault(key => key is not ("images" or "files" or "commits")) is { } unknown)
        {
            throw Malformed($"'{unknown}' is none of images, files, commits.", unknown);
        }

        return new LockedInputs(Read(members, "images", Image), Read(members, "files", DigestOf), Read(members, "commits", Commit));
    }

    private LockedImage Image(string name, JsonElement element)
    {
        if (ImageReference.TryParse(name) is not { Digest: null } reference || reference.FamiliarName != name)
        {
            throw Malformed($"'{name}' is no image name with a tag.", name);
        }

        var image = LockedImage.Empty;
        foreach (var (key, value) in Members(element, name))
        {
            var digest = DigestOf(key, value);
            if (key != IndexName && Platform.TryParse(key)?.ToString() != key)
            {
                throw Malformed($"'{key}' is no platform such as linux/amd64.", key);
            }

            image = key == IndexName ? image with { Index = digest } : image with { Platforms = image.Platforms.Add(key, digest) };
        }

        return image;
    }

    private Digest DigestOf(string name, JsonElement element) =>
        element.ValueKind == JsonValueKind.String && Digest.TryParse(element.GetString(), out var digest)
            ? digest
            : throw Malformed(
                $"{element.GetRawText()} of '{name}' is no digest (sha256: and 64 hexadecimal digits).",
                element.GetRawText());

    private string Commit(string name, JsonElement element) =>
        element.ValueKind == JsonValueKind.String
            && element.GetString() is { Length: 40 or 64 } commit
            && commit.All(char.IsAsciiHexDigitLower)
            ? commit
            : throw Malformed($"{element.GetRawText()} of '{name}' is no commit (40 or 64 hexadecimal digits).", element.GetRawText());

    private ImmutableSortedDictionary<string, T> Read<T>(
        IReadOnlyDictionary<string, JsonElement> members, string name, Func<string, JsonElement, T> read) =>
        members.TryGetValue(name, out var element)
            ? Members(element, name).ToImmutableSortedDictionary(
                member => member.Key,
                member => read(member.Key, member.Value),
                StringComparer.Ordinal)
            : LockFile.Sorted<T>();

    private Dictionary<string, JsonElement> Members(JsonElement element, string what) =>
        element.ValueKind == JsonValueKind.Object
            ? element.EnumerateObject().ToDictionary(member => member.Name, member => member.Value, StringComparer.Ordinal)
            : throw Malformed($"{what} is no object.", what);

    private BuildFailedException Malformed(string problem, string near) => new(LockDiagnostics.Malformed(problem, PlaceOf(near)));

    private SourceLocation PlaceOf(string near) =>
        new(path, text.IndexOf(near, StringComparison.Ordinal) is >= 0 and var at ? text.AsSpan(0, at).Count('\n') + 1 : 0);
}
