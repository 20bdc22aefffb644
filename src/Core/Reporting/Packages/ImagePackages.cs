namespace ContainerStages.Reporting;

/// <summary>What the files of an image say of packages.</summary>
/// <param name="System">Null where no file names it.</param>
/// <param name="Packages">Each once for each file that says it, in the order of kind, name, version and file.</param>
/// <param name="Problems">Files that could not be read, and why.</param>
public sealed record ImagePackages(OsRelease? System, IReadOnlyList<Package> Packages, IReadOnlyList<PackageFile> Problems);
