namespace ContainerStages.Reporting;

/// <summary>What an image is made of, in no form yet. Two of the same image are equal.</summary>
/// <param name="Name">The image as people call it.</param>
/// <param name="Created">As <c>yyyy-MM-ddTHH:mm:ssZ</c>.</param>
/// <param name="Parts">Each with another id; the first is what the bill is of.</param>
internal sealed record BillOfMaterials(string Name, string Created, IReadOnlyList<BillPart> Parts, IReadOnlyList<BillLink> Links)
{
    public BillPart Subject => Parts[0];
}

internal enum BillPartKind
{
    Image,
    System,
    Program,
    Library,
}

/// <param name="Id">Letters, digits, dots and dashes.</param>
/// <param name="Version">Empty where it has none.</param>
internal sealed record BillPart(string Id, BillPartKind Kind, string Name, string Version)
{
    public string? Url { get; init; }

    public string? License { get; init; }

    public string? Supplier { get; init; }

    public string? Sha256 { get; init; }

    public string? Sha512 { get; init; }

    /// <summary>The file that told of it, without a slash in front.</summary>
    public string? Path { get; init; }
}

internal enum BillLinkKind
{
    Contains,
    DependsOn,

    /// <summary>An image stands on another.</summary>
    StandsOn,
}

internal sealed record BillLink(string From, BillLinkKind Kind, string To);
