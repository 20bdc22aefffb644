using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Reporting;

/// <summary>Writes bills of materials.</summary>
internal static class SbomFiles
{
    private static readonly SbomJson Json = new(new JsonSerializerOptions(SbomJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes a bill in the form that the name of its file says.</summary>
    /// <param name="file">Absolute path; its folder is there, and its name ends as one of <see cref="SbomForm"/>.</param>
    /// <exception cref="BuildFailedException">It cannot be written.</exception>
    public static void Write(BillOfMaterials bill, string file)
    {
        var generator = ("dotnet-stages", typeof(SbomFiles).Assembly.GetName().Version!.ToString(3));
        var text = SbomForm.Of(file) == SbomForm.Spdx
            ? JsonSerializer.SerializeToUtf8Bytes(SpdxBill.Of(bill, generator), Json.SpdxDocument)
            : JsonSerializer.SerializeToUtf8Bytes(CycloneBill.Of(bill, generator), Json.CycloneDocument);
        try
        {
            StoreDirectory.WriteAtomically(file, text);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(SbomDiagnostics.NotWritten(file, refused.Message), refused);
        }
    }
}

/// <summary>JSON of bills of materials, for people too.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(SpdxDocument))]
[JsonSerializable(typeof(CycloneDocument))]
internal sealed partial class SbomJson : JsonSerializerContext;
