using ContainerStages.Diagnostics;
using System.Globalization;
using System.Text;
using ContainerStages.Layers;
using ContainerStages.Planning;
using ContainerStages.Posix;
using ContainerStages.Snapshots;

namespace ContainerStages.Engines;

/// <summary>
/// What another engine sees of this machine, as one tar: the Dockerfile, and for each copy what it selects, after ignore rules and
/// patterns. So engines of every age get the same files, those of named contexts, web servers and repositories too, and nothing else.
/// </summary>
internal sealed class ContextArchive
{
    /// <summary>A folder of the archive in which nothing is.</summary>
    public const string EmptyFolder = "empty/";

    private const uint PlainFile = 0x1A4; // rw-r--r--
    private const uint Executable = 0x1ED; // rwxr-xr-x
    private readonly Dictionary<PlannedCopy, IReadOnlyList<string>> copies = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, string> machine = new(StringComparer.Ordinal);
    private readonly List<(string Folder, SelectedSource Source, ModeChange? Mode)> sources = [];
    private readonly List<(string Path, string Content)> scripts = [];

    public IReadOnlyList<string> PathsOf(PlannedCopy copy) => copies[copy];

    /// <summary>Adds what a copy selects.</summary>
    public void Add(CopySelection selection)
    {
        var paths = new List<string>();
        var change = selection.Copy.Chmod is { } chmod ? ModeChange.Read(chmod, selection.Copy.Location) : null;
        foreach (var source in selection.Sources)
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"c{sources.Count}");
            sources.Add((folder, source, change is { Octal: null } ? change : null));
            paths.Add(source.IsDirectory ? folder + "/" : $"{folder}/{source.Name}");
        }

        copies[selection.Copy] = paths;
    }

    /// <summary>How many bytes the files of all copies have, and the largest of them.</summary>
    public (long Bytes, UnionEntry? Largest) Measure()
    {
        var files = sources.SelectMany(source => source.Source.Entries).Select(one => one.Entry).Where(one => one.IsRegularFile).ToList();
        return (files.Sum(file => file.Status.Size), files.MaxBy(file => file.Status.Size));
    }

    /// <returns>Where the script lies.</returns>
    public string Add(PlannedScript script)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"x{scripts.Count}");
        scripts.Add((path, script.Content));
        return path;
    }

    /// <returns>Where the file or folder of this machine lies.</returns>
    public string Add(PlannedMachineMount mount)
    {
        if (!machine.TryGetValue(mount.Source, out var path))
        {
            machine.Add(mount.Source, path = string.Create(CultureInfo.InvariantCulture, $"m{machine.Count}"));
        }

        return path;
    }

    /// <exception cref="SourceChangedException">A file is no longer what was hashed.</exception>
    public void Write(Stream stream, string dockerfile, CancellationToken cancellationToken)
    {
        var writer = new TarStreamWriter(stream);
        WriteText(writer, "Dockerfile", dockerfile, PlainFile);
        writer.WriteEntry(new TarEntry { Kind = TarEntryKind.Directory, Name = EmptyFolder, Mode = Executable });
        foreach (var (path, content) in scripts)
        {
            WriteText(writer, path, content, Executable);
        }

        foreach (var (source, path) in machine)
        {
            WriteMachine(writer, path, source, cancellationToken);
        }

        foreach (var (folder, source, mode) in sources)
        {
            WriteSource(writer, folder, source, mode, cancellationToken);
        }

        writer.Finish();
    }

    private static void WriteSource(
        TarStreamWriter writer,
        string folder,
        SelectedSource source,
        ModeChange? mode,
        CancellationToken cancellationToken)
    {
        var linked = new HardLinks();
        writer.WriteEntry(new TarEntry { Kind = TarEntryKind.Directory, Name = folder + "/", Mode = Executable });
        foreach (var (relativePath, entry) in source.Entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = source.IsDirectory ? $"{folder}/{relativePath}" : $"{folder}/{source.Name}";
            if (relativePath.Length == 0 && entry.IsDirectory)
            {
                continue;
            }

            var own = entry.IsNoFile ? Executable : entry.Status.Permissions;
            var bits = mode?.Apply(own, entry.IsDirectory) ?? own;
            if (entry.IsDirectory)
            {
                writer.WriteEntry(new TarEntry { Kind = TarEntryKind.Directory, Name = path + "/", Mode = bits });
            }
            else if (entry.IsSymbolicLink)
            {
                writer.WriteEntry(
                    new TarEntry { Kind = TarEntryKind.SymbolicLink, Name = path, LinkName = entry.LinkTarget, Mode = 0x1FF });
            }
            else if (linked.FirstName(entry, path) is { } first)
            {
                writer.WriteEntry(new TarEntry { Kind = TarEntryKind.HardLink, Name = path, LinkName = first, Mode = bits });
            }
            else if (entry.IsRegularFile)
            {
                WriteFile(writer, path, entry, bits, cancellationToken);
            }
        }
    }

    private static void WriteFile(TarStreamWriter writer, string path, UnionEntry entry, uint mode, CancellationToken cancellationToken)
    {
        using var file = entry.Open();
        entry.RequireUnchanged(file);
        writer.WriteEntry(new TarEntry { Kind = TarEntryKind.File, Name = path, Mode = mode, Size = entry.Status.Size });
        if (!writer.TryWriteContent(file, entry.HostPath!, cancellationToken))
        {
            throw new SourceChangedException(entry.HostPath!);
        }

        entry.RequireUnchanged(file);
    }

    private static void WriteMachine(TarStreamWriter writer, string path, string source, CancellationToken cancellationToken)
    {
        if (File.Exists(source))
        {
            WriteFile(
                writer,
                path,
                new UnionEntry(
                    path,
                    Path.GetFullPath(new FileInfo(source).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? source),
                    []),
                PlainFile,
                cancellationToken);
            return;
        }

        if (new UnionView([source]).Find("/") is { IsDirectory: true } root)
        {
            var selected = new SourceSelection(
                new UnionView([source]),
                filter: null,
                withSpecialFiles: false).Select("/", cancellationToken);
            WriteSource(
                writer,
                path,
                selected is [var all] ? all : new SelectedSource("", true, [new SelectedEntry("", root)]),
                null,
                cancellationToken);
        }
    }

    private static void WriteText(TarStreamWriter writer, string path, string text, uint mode)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        writer.WriteEntry(new TarEntry { Kind = TarEntryKind.File, Name = path, Mode = mode, Size = bytes.Length });
        writer.WriteContent(bytes);
    }
}
