using ContainerStages.Tasks.Logging;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class LayerTableTests
{
    private const string Manifest = """{"layers":[{"digest":"sha256:1","size":27092228},{"digest":"sha256:2","size":12}]}""";

    [TestMethod]
    public void A_layer_has_the_instruction_of_its_history() =>
        Assert.AreSequenceEqual(
            [("ADD file:1 in /", "27.1MB"), ("COPY a /", "12B")],
            LayerTable.Read(
                Manifest,
                """{"history":[{"created_by":"ADD file:1 in /"},{"created_by":"CMD sh","empty_layer":true},{"created_by":"COPY a /","empty_layer":false}]}""")
                .ToList());

    [TestMethod]
    [DataRow("{}")]
    [DataRow("""{"history":null}""")]
    [DataRow("""{"history":[{"created_by":"COPY a /"}]}""")]
    public void Without_a_history_of_all_layers_they_have_their_digests(string configuration) =>
        Assert.AreSequenceEqual([("sha256:1", "27.1MB"), ("sha256:2", "12B")], LayerTable.Read(Manifest, configuration).ToList());
}
