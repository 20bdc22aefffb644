namespace ContainerStages.Reporting;

/// <summary>The packages of apk. Source: Alpine wiki, Apk spec, installed database.</summary>
internal static class AlpinePackages
{
    public static bool Knows(string path) => path is "lib/apk/db/installed" or "usr/lib/apk/db/installed";

    /// <exception cref="FormatException">A package lacks name or version.</exception>
    public static IEnumerable<Package> Read(string path, byte[] content) =>
        from fields in Stanzas.Read(content)
        select new Package(PackageKind.Alpine, fields.Require("P"), fields.Require("V"), path)
        {
            Architecture = fields.GetValueOrDefault("A"),
            License = fields.GetValueOrDefault("L"),
            Supplier = fields.GetValueOrDefault("m"),
        };
}
