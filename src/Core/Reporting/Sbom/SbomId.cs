using System.Security.Cryptography;
using System.Text;

namespace ContainerStages.Reporting;

/// <summary>A unique id of a bill of materials that is the same for the same bill. Source: RFC 9562, version 8.</summary>
internal static class SbomId
{
    public static string Of(BillOfMaterials bill)
    {
        var text = string.Join('\n', bill.Parts.Select(part => part.ToString()).Prepend($"{bill.Name} {bill.Created}"));
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}
