using ContainerStages.Oci;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class ForeignProgramsTests
{
    private const string Arm64 = "magic 7f454c460201010000000000000000000200b700";
    private const string S390x = "magic 7f454c4602020100000000000000000000020016";

    [TestMethod]
    [DataRow(
        "linux/arm64", "enabled\ninterpreter /q\nflags: POF\noffset 0\n" + Arm64, null, DisplayName = "registered: that is not the reason")]
    [DataRow("linux/s390x", "enabled\ninterpreter /q\nflags: F\noffset 0\n" + S390x, null, DisplayName = "big-endian header")]
    [DataRow("linux/arm64", "enabled\ninterpreter /q\nflags: OC\noffset 0\n" + Arm64, "CST4703", DisplayName = "without flag F")]
    [DataRow("linux/arm64", "disabled\ninterpreter /q\nflags: F\noffset 0\n" + Arm64, "CST4702", DisplayName = "switched off")]
    [DataRow("linux/riscv64", "enabled\ninterpreter /q\nflags: F\noffset 0\n" + Arm64, "CST4701", DisplayName = "another processor's")]
    [DataRow(
        "linux/arm64", "enabled\ninterpreter /usr/bin/python\nflags: \nextension .pyc\n", "CST4701", DisplayName = "no program header")]
    public void What_keeps_programs_from_starting_is_named(string platform, string registration, string? code)
    {
        using var folder = new TempFolder();
        folder.Write("status", "enabled\n");
        folder.Write("emulator", registration);
        Assert.AreEqual(code, ForeignPrograms.Explain(Platform.TryParse(platform)!, folder.Path)?.Code);
    }

    [TestMethod]
    public void Where_nothing_is_mounted_the_message_says_what_to_install()
    {
        var diagnostic = ForeignPrograms.Explain(Platform.TryParse("linux/riscv64")!, "/nonexistent")!;
        Assert.AreEqual("CST4701", diagnostic.Code);
        Assert.Contains("qemu-user-static", diagnostic.Message);
        Assert.Contains("qemu-riscv64", diagnostic.Message);
    }

    [TestMethod]
    public void This_machines_own_programs_are_not_foreign() => Assert.IsNull(ForeignPrograms.Explain(Platform.Host, "/nonexistent"));
}
