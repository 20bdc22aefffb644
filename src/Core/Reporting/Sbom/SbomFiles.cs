using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
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
        var generator = ("dotnet-stages", ProgramVersion.Text);
        var text = SbomForm.Of(file) == SbomForm.Spdx
            ? JsonSerializer.SerializeToUtf8Bytes(SpdxBill.Of(bill, generator), Json.SpdxDocument)
            : JsonSerializer.SerializeToUtf8Bytes(CycloneBill.Of(bill, generator), Json.CycloneDocument);
        SideFile.Write(file, text, SbomDiagnostics.NotWritten);
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
