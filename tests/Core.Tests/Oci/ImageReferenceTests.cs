using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Oci;

[TestClass]
public sealed class ImageReferenceTests
{
    [TestMethod]
    [DataRow("alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    [DataRow("golang:1.14.4-alpine", "docker.io/library/golang:1.14.4-alpine", "golang:1.14.4-alpine")]
    [DataRow("user/app", "docker.io/user/app:latest", "user/app:latest")]
    [DataRow("localhost/app", "localhost/app:latest", "localhost/app:latest")]
    [DataRow("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [DataRow("[::1]:5000/app", "[::1]:5000/app:latest", "[::1]:5000/app:latest")]
    [DataRow("index.docker.io/alpine", "docker.io/library/alpine:latest", "alpine:latest")]
    public void A_short_name_is_completed_as_Docker_completes_it(string text, string full, string familiar)
    {
        var reference = ImageReference.Parse(text);
        Assert.AreEqual(full, reference.ToString());
        Assert.AreEqual(familiar, reference.FamiliarName);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("Alpine")]
    [DataRow("alpine:")]
    [DataRow("alpine@sha256:12")]
    [DataRow("a//b")]
    [DataRow("alpine:la test")]
    [DataRow("-alpine")]
    public void What_is_no_reference_is_refused(string text) => Assert.IsNull(ImageReference.TryParse(text));

    [TestMethod]
    public void With_a_digest_the_registry_is_asked_for_the_digest()
    {
        var digest = Digest.Of("x"u8);
        var reference = ImageReference.Parse($"alpine:3.22@{digest}");
        Assert.AreEqual(digest.ToString(), reference.Selector);
        Assert.AreEqual("3.22", reference.Tag);
    }
}
