using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Oci;

[TestClass]
public sealed class PlatformTests
{
    [TestMethod]
    [DataRow("linux/arm/v7", "linux/arm/v6", 1, DisplayName = "As traefik and mosquitto have it")]
    [DataRow("linux/arm/v7", "linux/arm/v5", 2)]
    [DataRow("linux/arm/v6", "linux/arm/v7", null)]
    [DataRow("linux/arm/v6", "linux/arm", int.MaxValue, DisplayName = "An arm image without a variant may be for any")]
    [DataRow("linux/arm", "linux/arm", 0)]
    [DataRow("linux/amd64", "linux/amd64/v3", null)]
    [DataRow("linux/amd64/v3", "linux/amd64/v2", 1)]
    [DataRow("linux/amd64/v3", "linux/amd64", 2)]
    [DataRow("linux/arm64", "linux/arm64/v8", 0)]
    [DataRow("linux/arm64", "linux/arm64/v9", null)]
    [DataRow("linux/arm64/v9", "linux/arm64", 1)]
    [DataRow("linux/arm64", "Linux/aarch64", 0)]
    [DataRow("linux/amd64", "linux/x86_64", 0)]
    [DataRow("linux/amd64", "linux/386", null)]
    [DataRow("linux/riscv64", "linux/riscv64/rva22", null)]
    public void An_image_for_an_older_processor_serves_a_newer_one(string wanted, string offered, int? distance)
    {
        var parts = offered.Split('/');
        var asWritten = new Platform { Os = parts[0], Architecture = parts[1], Variant = parts.ElementAtOrDefault(2) };

        Assert.AreEqual(distance, Platform.TryParse(wanted)!.DistanceTo(asWritten));
    }

    [TestMethod]
    public void An_empty_variant_is_none() =>
        Assert.AreEqual(
            0, Platform.TryParse("linux/arm64")!.DistanceTo(new Platform { Os = "linux", Architecture = "arm64", Variant = "" }));

    [TestMethod]
    [DataRow("arm64", "linux/arm64")]
    [DataRow("x86_64", "linux/amd64")]
    [DataRow("windows/amd64", "windows/amd64")]
    [DataRow("amd46", null)]
    [DataRow("local", null)]
    public void A_word_alone_is_an_architecture_that_is_known(string text, string? platform) =>
        Assert.AreEqual(platform, Platform.TryParse(text)?.ToString());

    [TestMethod]
    public void A_system_alone_stands_on_the_processor_of_this_machine() =>
        Assert.AreEqual(Platform.Host, Platform.TryParse("linux"));
}
