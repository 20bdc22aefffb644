using System.Collections.Immutable;
using System.Text;

namespace ContainerStages.Layers;

/// <summary>
/// How removals are written: in tars as files named <c>.wh.NAME</c> and <c>.wh..wh..opq</c> (image-spec, layer.md, Whiteouts), in
/// folders as overlayfs reads them when mounted with userxattr (kernel documentation, overlayfs).
/// </summary>
internal static class Whiteout
{
    public const string Prefix = ".wh.";
    public const string Opaque = ".wh..wh..opq";
    public const string OpaqueXattr = "user.overlay.opaque";

    /// <summary>Names that only aufs knew; no reader of today looks at them.</summary>
    public const string MetadataPrefix = ".wh..wh.";

    private const string PrivilegedOpaqueXattr = "trusted.overlay.opaque";

    public static ImmutableArray<byte> OpaqueValue { get; } = [(byte)'y'];

    public static bool IsOpaqueXattr(string name) => name is OpaqueXattr or PrivilegedOpaqueXattr;

    /// <summary>
    /// True for the attributes that a layer carries: capabilities and the user's own, never those that steer overlayfs (an archive
    /// could otherwise redirect a folder to another place of the layer below).
    /// </summary>
    public static bool TravelsInLayers(string xattr) =>
        xattr == EntryMetadata.Capability
        || (xattr.StartsWith("user.", StringComparison.Ordinal)
            && !xattr.StartsWith("user.overlay.", StringComparison.Ordinal)
            && !xattr.Contains('=', StringComparison.Ordinal)); // ends the key of a pax record

    /// <summary>Attributes with which overlayfs refers to another place; a folder that has one is no complete layer.</summary>
    public static bool RefersElsewhere(string xattr) =>
        xattr is "user.overlay.redirect" or "user.overlay.metacopy" or "trusted.overlay.redirect" or "trusted.overlay.metacopy";

    /// <summary>Order of names by their bytes.</summary>
    public static int CompareNames(string left, string right) =>
        Ascii.IsValid(left) && Ascii.IsValid(right)
            ? string.CompareOrdinal(left, right)
            : Posix.PathText.Encode(left).AsSpan().SequenceCompareTo(Posix.PathText.Encode(right));
}
