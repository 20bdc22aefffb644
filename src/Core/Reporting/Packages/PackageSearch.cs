using System.Text;
using ContainerStages.Layers;

namespace ContainerStages.Reporting;

/// <summary>Looks for packages in the files of one layer while they pass.</summary>
internal sealed class PackageSearch
{
    private static readonly string[] Unread =
        ["var/lib/rpm/rpmdb.sqlite", "var/lib/rpm/Packages", "var/lib/rpm/Packages.db", "usr/lib/sysimage/rpm/rpmdb.sqlite"];

    /// <summary>What each file said, by its path; the last of one path counts, as for everybody who reads the layer.</summary>
    public Dictionary<string, PackageFile> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, OsRelease> Systems { get; } = new(StringComparer.Ordinal);

    public IFileReader? Open(string path, long size)
    {
        Files.Remove(path);
        if (Unread.Contains(path, StringComparer.Ordinal))
        {
            Add(new PackageFile(path, [], "packages of rpm are not read"));
        }

        return DebianPackages.Knows(path) ? new WholeFile(path, DebianPackages.Read, Add)
            : AlpinePackages.Knows(path) ? new WholeFile(path, AlpinePackages.Read, Add)
            : DotNetPackages.Knows(path) ? new WholeFile(path, DotNetPackages.Read, Add)
            : OsRelease.Knows(path) ? new WholeFile(path, ReadSystem, Add)
            : size >= GoProgram.LeastSize ? new GoProgram(path, Add)
            : null;
    }

    private IEnumerable<Package> ReadSystem(string path, byte[] content)
    {
        if (OsRelease.Read(Encoding.UTF8.GetString(content)) is { } system)
        {
            Systems[path] = system;
        }

        return [];
    }

    private void Add(PackageFile file) => Files[file.Path] = file;
}
