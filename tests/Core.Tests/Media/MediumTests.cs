using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Media;

[TestClass]
public sealed class MediumTests
{
    [TestMethod]
    public void Every_medium_stands_in_the_table_once_under_schemes_of_its_own()
    {
        CollectionAssert.AreEquivalent(Enum.GetValues<MediumKind>(), Medium.All.Select(medium => medium.Kind).ToArray());
        var schemes = Medium.All.SelectMany(medium => new[] { medium.Scheme, medium.OtherScheme }).OfType<string>();
        CollectionAssert.AllItemsAreUnique(schemes.ToArray());
        CollectionAssert.AllItemsAreUnique(Medium.All.SelectMany(medium => medium.OutputTypes).ToArray());
    }

    [TestMethod]
    [DataRow("oci-layout:image:1", "oci-layout", "image:1")]
    [DataRow("oci:/srv/image:1", "oci-layout", "/srv/image:1", DisplayName = "as skopeo calls a layout")]
    [DataRow("oci:./image", "oci-layout", "./image")]
    [DataRow("oci:1.0", "docker-image", "oci:1.0", DisplayName = "an image that is called so")]
    [DataRow("oci:5000/app", "docker-image", "oci:5000/app", DisplayName = "a registry that is called so")]
    [DataRow("containers-storage:alpine", "podman", "alpine")]
    [DataRow("docker-daemon:", "docker-daemon", "")]
    [DataRow("local:out", "local", "out")]
    [DataRow("docker-image:1", "docker-image", "docker-image:1")]
    [DataRow("alpine", "docker-image", "alpine")]
    public void A_text_names_a_medium_by_its_scheme(string text, string scheme, string rest)
    {
        Assert.AreSame(Medium.OfScheme(scheme), Medium.Find(text, out var found));
        Assert.AreEqual(rest, found);
    }

    [TestMethod]
    [DynamicData(nameof(Schemes))]
    public void From_reads_what_holds_images_and_takes_the_scheme_of_other_media_for_a_name(string scheme)
    {
        var medium = Medium.OfScheme(scheme);
        var reference = ImageReference.TryParseSource($"{scheme}:example")!;
        Assert.AreEqual(medium.HoldsImages ? medium : Medium.Registry, reference.Medium);
        if (!reference.IsInRegistry)
        {
            Assert.AreEqual($"{scheme}:{(medium.IsPath ? "/example" : "example:latest")}", reference.FamiliarName);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Schemes))]
    public void A_destination_comes_back_from_its_document(string scheme)
    {
        var written = DefinitionDocument.Write(new BuildDefinition
        {
            Source = new BuildSource { ContextDirectory = "/" },
            Outputs = new BuildOutputs { Destinations = [new Destination(Medium.OfScheme(scheme), "x")] },
        });
        var read = DefinitionDocument.Read(written).Outputs.Destinations;
        Assert.AreSame(Medium.OfScheme(scheme), read[0].Medium);
        Assert.AreEqual("x", read[0].Value);
    }

    [TestMethod]
    public void A_document_with_a_medium_that_is_none_is_refused()
    {
        var written = Encoding.UTF8.GetString(DefinitionDocument.Write(new BuildDefinition
        {
            Source = new BuildSource { ContextDirectory = "/" },
            Outputs = new BuildOutputs { Destinations = [new Destination(Medium.OciLayout, "x")] },
        }));
        var other = written.Replace("oci-layout", "floppy", StringComparison.Ordinal);
        Assert.AreNotEqual(written, other);
        Assert.Throws<JsonException>(() => DefinitionDocument.Read(Encoding.UTF8.GetBytes(other)));
    }

    [TestMethod]
    public void A_destination_is_written_as_from_would_name_it()
    {
        Assert.AreEqual("oci-layout:out", new Destination(Medium.OciLayout, "out").Address);
        Assert.AreEqual("out", new Destination(Medium.OciLayout, "out").Title);
        Assert.AreEqual("localhost:5000/a:1", new Destination(Medium.Registry, "localhost:5000/a:1").Address);
        Assert.AreEqual("podman:a:1, podman:a:2", new Destination(Medium.Podman, "") { Names = ["a:1", "a:2"] }.Title);
    }

    [TestMethod]
    [DataRow("tcp://build:2375", null, "tcp://build:2375/")]
    [DataRow("unix:///run/user/1000/docker.sock", "1", "unix:///run/user/1000/docker.sock", DisplayName = "a socket needs no TLS")]
    [DataRow("tcp://build:2376", "1", null, DisplayName = "TLS")]
    [DataRow("ssh://build", null, null)]
    [DataRow("build", null, null)]
    public void Docker_listens_where_its_variable_says(string host, string? tls, string? address)
    {
        string? Variable(string name) => name switch { "DOCKER_HOST" => host, "DOCKER_TLS_VERIFY" => tls, _ => null };
        Assert.AreEqual(host, DockerAddress.Find(Variable));
        Assert.AreEqual(address, DockerAddress.Parse(host, Variable)?.ToString());
    }

    [TestMethod]
    public void Docker_listens_at_a_socket_that_is_there_and_the_engine_of_the_machine_goes_before_that_of_the_user()
    {
        using var folder = new TestKit.TempFolder();
        var ofUser = folder.Combine("docker.sock");
        File.WriteAllText(ofUser, "");
        var found = DockerAddress.Find(name => name == "XDG_RUNTIME_DIR" ? folder.Path : null);
        Assert.AreEqual("unix://" + (File.Exists("/var/run/docker.sock") ? "/var/run/docker.sock" : ofUser), found);
        Assert.AreEqual("unix:///var/run/docker.sock", DockerAddress.Find(_ => null));
    }

    private static IEnumerable<string> Schemes() => Medium.All.Select(medium => medium.Scheme);
}
