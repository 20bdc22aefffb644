namespace ContainerStages.Reporting;

/// <summary>The packages of dpkg: one file of all, or one file each, as in distroless images. Source: dpkg(1), deb-control(5).</summary>
internal static class DebianPackages
{
    private const string All = "var/lib/dpkg/status";
    private const string Each = "var/lib/dpkg/status.d/";

    public static bool Knows(string path) =>
        path == All || (path.StartsWith(Each, StringComparison.Ordinal) && !path.EndsWith(".md5sums", StringComparison.Ordinal));

    /// <exception cref="FormatException">A package lacks name or version.</exception>
    public static IEnumerable<Package> Read(string path, byte[] content) =>
        from fields in Stanzas.Read(content)
        where IsInstalled(fields)
        select new Package(PackageKind.Debian, fields.Require("Package"), fields.Require("Version"), path)
        {
            Architecture = fields.GetValueOrDefault("Architecture"),
            Supplier = fields.GetValueOrDefault("Maintainer"),
        };

    /// <summary>A package that was removed stays in the file while its settings are there. Distroless writes no status.</summary>
    private static bool IsInstalled(Dictionary<string, string> fields) =>
        !fields.TryGetValue("Status", out var status) || status.Split(' ') is [_, _, "installed"];
}
