namespace ContainerStages.Reporting;

/// <summary>Who installs packages of a kind; each has its own names and versions.</summary>
public enum PackageKind
{
    Debian,
    Alpine,
    NuGet,
    Go,
}

/// <summary>A package that is in an image.</summary>
/// <param name="Path">The file that says so, without a slash in front.</param>
public sealed record Package(PackageKind Kind, string Name, string Version, string Path)
{
    public string? Architecture { get; init; }

    /// <summary>As the package says it, which need not be an expression of SPDX.</summary>
    public string? License { get; init; }

    /// <summary>Who made it, as the package says.</summary>
    public string? Supplier { get; init; }

    /// <summary>Hash of the package's file, in lower hexadecimal digits.</summary>
    public string? Sha512 { get; init; }

    /// <summary>True for the program itself, which the other packages of its file are parts of.</summary>
    public bool IsProgram { get; init; }
}

/// <summary>What a file says of packages, or why it says nothing.</summary>
public sealed record PackageFile(string Path, IReadOnlyList<Package> Packages, string? Problem = null);
