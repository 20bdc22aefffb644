using ContainerStages.Contracts;
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

    [TestMethod]
    [DataRow("'user:word@example.com/app' is", "'user:***@example.com/app' is")]
    [DataRow("user:wo/r@d@example.com/app", "user:***@example.com/app")]
    [DataRow("docker-image://user:word@localhost:5000/app", "docker-image://user:***@localhost:5000/app")]
    [DataRow("--from=user:word@[::1]:5000/a", "--from=user:***@[::1]:5000/a")]
    [DataRow("https://user:word@example.com/a.git", "https://user:***@example.com/a.git")]
    [DataRow("alpine:3@sha256:12", "alpine:3@sha256:12")]
    [DataRow("localhost:5000/app:1@sha256:12", "localhost:5000/app:1@sha256:12")]
    [DataRow("git@example.com:a/b.git", "git@example.com:a/b.git")]
    [DataRow("a: me@example.com", "a: me@example.com")]
    public void Passwords_in_names_of_images_are_not_shown(string text, string shown)
    {
        Assert.AreEqual(shown, ShownText.WithoutPasswords(text));
        Assert.AreEqual(shown, new Diagnostic("", Severity.Error, text).Message);
        Assert.AreEqual(shown, (new Diagnostic("", Severity.Error, "") with { Message = text }).Message);
    }

    [TestMethod]
    [DataRow("linux/arm64/v8", "linux/arm64")]
    [DataRow("linux/arm64", "linux/arm64")]
    [DataRow("aarch64", "linux/arm64")]
    [DataRow("linux/amd64/v1", "linux/amd64")]
    [DataRow("linux/amd64/v3", "linux/amd64/v3")]
    [DataRow("linux/arm", "linux/arm/v7")]
    [DataRow("linux/armhf", "linux/arm/v7")]
    [DataRow("linux/arm/6", "linux/arm/v6")]
    [DataRow("armel", "linux/arm/v6")]
    public void A_platform_has_one_form(string text, string form) => Assert.AreEqual(form, Platform.TryParse(text)!.ToString());
}
