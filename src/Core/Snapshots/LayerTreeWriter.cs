using ContainerStages.Diagnostics;
using ContainerStages.Layers;
using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Snapshots;

/// <summary>Writes gathered entries as the tar of a layer, each file read once, where it is.</summary>
internal sealed class LayerTreeWriter(TarStreamWriter writer, LayerWriterOptions options, CancellationToken cancellationToken)
{
    private readonly Dictionary<TreeEntry, string> written = new(ReferenceEqualityComparer.Instance);

    /// <summary>Bytes of all files written.</summary>
    public long Size { get; private set; }

    /// <summary>Entries written.</summary>
    public int Count { get; private set; }

    /// <param name="folder">Of which the entries inside are written.</param>
    /// <param name="prefix">Its path with a slash at its end; empty for the root.</param>
    public void WriteChildren(TreeEntry folder, string prefix)
    {
        foreach (var (name, entry) in folder.Children.OrderBy(child => child.Key, Comparer<string>.Create(Whiteout.CompareNames)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = prefix + name;
            if (name.StartsWith(Whiteout.Prefix, StringComparison.Ordinal))
            {
                throw new BuildFailedException(StoreDiagnostics.NameReserved(path));
            }

            if (entry.IsDirectory)
            {
                WriteEntry(Describe(entry, TarEntryKind.Directory, path + "/"));
                WriteChildren(entry, path + "/");
            }
            else if (!written.TryAdd(entry, path))
            {
                WriteEntry(Describe(entry, TarEntryKind.HardLink, path) with { LinkName = written[entry] });
            }
            else if (entry.Source!.IsRegularFile)
            {
                WriteFile(entry, path);
            }
            else
            {
                WriteSpecial(entry, path);
            }
        }
    }

    private void WriteFile(TreeEntry entry, string path)
    {
        var source = entry.Source!;
        using var file = source.Open();
        WriteEntry(Describe(entry, TarEntryKind.File, path) with
        {
            Size = source.Status.Size,
            Xattrs = entry.WithAttributes ? Attributes(source, file) : [],
        });
        if (!writer.TryWriteContent(file, source.HostPath!, cancellationToken))
        {
            throw new SourceChangedException(source.HostPath!);
        }

        source.RequireUnchanged(file);
        Size += source.Status.Size;
    }

    private void WriteSpecial(TreeEntry entry, string path)
    {
        var status = entry.Source!.Status;
        switch (SpecialFiles.KindOf(status))
        {
            case null:
                break;
            case TarEntryKind.SymbolicLink:
                // What the kernel says of a link's mode differs between file systems.
                WriteEntry(Describe(entry, TarEntryKind.SymbolicLink, path) with { Mode = 0x1FF, LinkName = entry.Source.LinkTarget });
                break;
            case { } kind:
                WriteEntry(Describe(entry, kind, path) with { DeviceMajor = status.DeviceMajor, DeviceMinor = status.DeviceMinor });
                break;
        }
    }

    private void WriteEntry(TarEntry entry)
    {
        writer.WriteEntry(entry);
        Count++;
    }

    /// <summary>All are as old as the epoch, as the files of a composed folder are.</summary>
    private TarEntry Describe(TreeEntry entry, TarEntryKind kind, string path) => new()
    {
        Kind = kind,
        Name = path,
        Mode = entry.Mode,
        UserId = entry.Owner.UserId,
        GroupId = entry.Owner.GroupId,
        ModificationSeconds = options.Form.Epoch,
    };

    private static List<KeyValuePair<string, byte[]>> Attributes(UnionEntry source, SafeFileHandle file)
    {
        var kept = new List<KeyValuePair<string, byte[]>>();
        if (source.RecordedCapability is { } capability)
        {
            kept.Add(KeyValuePair.Create(EntryMetadata.Capability, capability));
        }

        foreach (var name in FileCalls.ListXattrs(file, source.HostPath!))
        {
            if (Whiteout.TravelsInLayers(name) && FileCalls.TryGetXattr(file, name, source.HostPath!) is { } value)
            {
                kept.Add(KeyValuePair.Create(name, value));
            }
        }

        return kept;
    }
}
