namespace ContainerStages.Reporting;

/// <summary>A package of an image, as its bill of materials has it.</summary>
/// <param name="Kind"><c>Debian</c>, <c>Alpine</c>, <c>NuGet</c> or <c>Go</c>.</param>
/// <param name="Path">The file that told of it, without a slash in front.</param>
public sealed record ReportedPackage(PackageKind Kind, string Name, string Version, string? License, string Path);
