using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.TestKit;
using ContainerStages.Dockerfile;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;

namespace ContainerStages.Core.Tests.Dockerfile;

[TestClass]
public sealed class LexerTests
{
    private const string Example = "# escape=`\nFROM alpine `\n  AS a\nRUN echo `\n  # comment\n\n  b\nCMD [\"a\"]\n";

    [TestMethod]
    [DataRow("\r\n")]
    [DataRow("\n")]
    public void Line_ends_of_both_kinds_read_the_same(string lineEnd) =>
        Assert.AreEqual(Dump(Example), Dump(Example.Replace("\n", lineEnd, StringComparison.Ordinal)));

    [TestMethod]
    public void A_byte_order_mark_is_no_part_of_the_text() => Assert.AreEqual(Dump(Example), Dump("\uFEFF" + Example));

    [TestMethod]
    public void The_last_line_needs_no_end() => Assert.AreEqual(Dump(Example), Dump(Example.TrimEnd('\n')));

    [TestMethod]
    public void A_file_is_read_as_UTF8_whatever_its_mark()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Combine("Dockerfile"), "FROM alpine\nENV A=é\n", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var env =
            (EnvInstruction)DockerfileFrontEnd.ReadFile(folder.Combine("Dockerfile"), new FrontEndOptions()).Stages[0].Instructions[0];
        Assert.AreEqual("é", env.Variables[0].Value);
        Assert.AreEqual(folder.Combine("Dockerfile"), env.Location.File);
    }

    [TestMethod]
    public void A_missing_file_is_named()
    {
        var failure =
            Assert.ThrowsExactly<BuildFailedException>(() => DockerfileFrontEnd.ReadFile("/nowhere/Dockerfile", new FrontEndOptions()));
        Assert.AreEqual("CST2001", failure.Diagnostics[0].Code);
        StringAssert.Contains(failure.Message, "/nowhere/Dockerfile", StringComparison.Ordinal);
    }

    [TestMethod]
    public void The_escape_character_travels_with_the_stages() =>
        Assert.AreEqual('`', DockerfileFrontEnd.Read(Example, "Dockerfile", new FrontEndOptions()).Escape);

    private static string Dump(string text) => StageDump.Of(DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions()));
}
