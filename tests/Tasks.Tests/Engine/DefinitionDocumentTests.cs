using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.Tests.Engine;

[TestClass]
public sealed class DefinitionDocumentTests
{
    private static readonly BuildDefinition Definition = new()
    {
        Goal = BuildGoal.Export,
        Source = new BuildSource { ContextDirectory = "/p", Dockerfile = "/p/Dockerfile", Platforms = ["linux/arm64"] },
        Form = new ImageForm
        {
            SourceDateEpoch = 5_000_000_000,
            Format = ImageFormat.Docker,
            FormatOfBase = true,
            Compression = LayerCompression.Zstd,
            CompressionLevel = 19,
        },
        Metadata = new ImageMetadata { Labels = new Dictionary<string, string> { ["a"] = "ü" }, BaseDigestLabel = true },
        Commands = new CommandSettings { Network = false, Ulimits = [new ResourceLimit("nofile", 1, -1)] },
        Policy = new BuildPolicy { Mirrors = [new RegistryMirror { Registry = "docker.io", Location = "localhost:5000" }] },
        Outputs = new BuildOutputs { Tags = ["a:1"], Export = new ExportedDockerfile("/p/out", Overwrite: true) },
    };

    [TestMethod]
    public void What_is_written_is_read_in_full()
    {
        var written = DefinitionDocument.Write(Definition);
        var read = DefinitionDocument.Read(written);

        Assert.AreEqual(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(DefinitionDocument.Write(read)));
        Assert.AreEqual(Definition.Form, read.Form);
        Assert.AreEqual(Definition.Policy.Mirrors.Single(), read.Policy.Mirrors.Single());
        Assert.AreEqual(Definition.Outputs.Export, read.Outputs.Export);
    }

    [TestMethod]
    public void No_member_of_what_is_written_by_hand_is_left_out_of_that()
    {
        var usual = new ImageForm();
        foreach (var member in typeof(ImageForm).GetProperties())
        {
            Assert.AreNotEqual(member.GetValue(usual), member.GetValue(Definition.Form), member.Name);
        }

        using var json = JsonDocument.Parse(DefinitionDocument.Write(Definition));
        var parts = json.RootElement.EnumerateObject().Select(part => part.Name).Except(["contract", "version"]);
        var members = typeof(BuildDefinition).GetProperties().Select(member => JsonNamingPolicy.CamelCase.ConvertName(member.Name));
        Assert.AreSequenceEqual(members.Order().ToList(), parts.Order().ToList());
    }

    [TestMethod]
    public void Every_goal_format_and_compression_has_a_name_there()
    {
        foreach (var goal in Enum.GetValues<BuildGoal>())
        {
            Assert.AreEqual(goal, Read(Definition with { Goal = goal }).Goal);
        }

        foreach (var format in Enum.GetValues<ImageFormat>())
        {
            Assert.AreEqual(format, Read(Definition with { Form = new ImageForm { Format = format } }).Form.Format);
        }

        foreach (var compression in Enum.GetValues<LayerCompression>())
        {
            Assert.AreEqual(compression, Read(Definition with { Form = new ImageForm { Compression = compression } }).Form.Compression);
        }
    }

    [TestMethod]
    [DataRow("""{"contract":6,"version":"9.1.0","source":5}""", 6, "9.1.0")]
    [DataRow("""{"contract":2,"goal":"Publish","outputs":{"destinations":[{"kind":1,"value":"/p/out"}]}}""", 2, null)]
    [DataRow("""{"contract":1}""", 1, null)]
    [DataRow("""{"contextDirectory":"/p","dockerfile":"/p/Dockerfile","goal":0}""", 1, null)]
    public void A_document_of_another_contract_is_told_apart_before_anything_else_is_read(string document, int contract, string? version)
    {
        var other = Assert.ThrowsExactly<OtherContractException>(() => DefinitionDocument.Read(Encoding.UTF8.GetBytes(document)));
        Assert.AreEqual((contract, version), (other.Contract, other.WrittenBy));
    }

    [TestMethod]
    [DataRow("", DisplayName = "nothing")]
    [DataRow("null")]
    [DataRow("""{"contract":"4"}""")]
    [DataRow("""{"contract":5}""")]
    [DataRow("""{"contract":5,"goal":0}""")]
    [DataRow("""{"contract":5,"goal":"7"}""")]
    [DataRow("""{"contract":5,"goal":"Publish","source":{}}""")]
    public void What_is_no_definition_is_told_apart(string document) =>
        Assert.Throws<JsonException>(() => DefinitionDocument.Read(Encoding.UTF8.GetBytes(document)));

    private static BuildDefinition Read(BuildDefinition definition) => DefinitionDocument.Read(DefinitionDocument.Write(definition));
}
