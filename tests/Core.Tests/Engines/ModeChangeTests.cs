using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class ModeChangeTests
{
    [TestMethod]
    [DataRow("644", "600", false, "644")]
    [DataRow("u+x", "644", false, "744")]
    [DataRow("+x", "644", false, "755")]
    [DataRow("go-w", "777", false, "755")]
    [DataRow("a=rX", "640", false, "444")]
    [DataRow("a=rX", "750", false, "555")]
    [DataRow("a=rX", "640", true, "555")]
    [DataRow("u=rwX,go=rX", "600", false, "644")]
    [DataRow("u=rwX,go=rX", "600", true, "755")]
    [DataRow("u+s,+t", "755", false, "5755")]
    [DataRow("g=u", "640", false, "660")]
    [DataRow("u+rw-x", "111", false, "611")]
    public void A_mode_changes_as_chmod_does_it(string text, string mode, bool isDirectory, string expected) =>
        Assert.AreEqual(expected, Convert.ToString(ModeChange.Read(text, default).Apply(Convert.ToUInt32(mode, 8), isDirectory), 8));

    [TestMethod]
    [DataRow("89")]
    [DataRow("u")]
    [DataRow("u+q")]
    [DataRow("777777")]
    [DataRow("u+x,")]
    public void Another_text_is_no_mode(string text) =>
        Assert.AreEqual(
            "CST4206",
            Assert.ThrowsExactly<BuildFailedException>(
                () => ModeChange.Read(text, new SourceLocation("Dockerfile", 1))).Diagnostics[0].Code);
}
