using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Diagnostics;

namespace ContainerStages.Core.Tests.Conventions;

[TestClass]
public sealed class GoModTests
{
    [TestMethod]
    public void A_whole_file_is_read()
    {
        var mod = GoMod.Read(
            """
            // comment
            module example.com/team/service/v2 // with a comment

            go 1.22.3

            toolchain go1.23.1

            require github.com/a/b v1.0.0
            require (
            	github.com/c/d v1.2.3 // indirect
            	"github.com/e/f" v0.0.0-20200101000000-000000000000
            )
            replace github.com/a/b => github.com/x/b v1.0.1
            exclude ()
            retract [v1.0.0, v1.1.0]
            tool (
            	example.com/tool
            )
            """,
            "go.mod");
        Assert.AreEqual("example.com/team/service/v2", mod.ModulePath);
        Assert.AreEqual("1.23.1", mod.BuilderVersion.Text);
        Assert.AreEqual("github.com/a/b github.com/c/d github.com/e/f", string.Join(' ', mod.Requires));
        Assert.IsEmpty(mod.Replacements);
    }

    [TestMethod]
    [DataRow("module a", "1.16", DisplayName = "no go line")]
    [DataRow("module a\ngo 1.22", "1.22")]
    [DataRow("module a\r\ngo 1.22\r\n", "1.22", DisplayName = "CRLF")]
    [DataRow("module a\ngo 1.22\ntoolchain go1.21.0", "1.22")]
    [DataRow("module a\ngo 1.22\ntoolchain default", "1.22")]
    [DataRow("module a\ngo 1.22.1\ntoolchain go1.22.10-custom", "1.22.10")]
    [DataRow("module a\ngo 1.9", "1.9")]
    [DataRow("module a\ngo 1.23rc1", "1.23rc1")]
    public void The_builder_is_the_newer_of_go_line_and_toolchain(string text, string version) =>
        Assert.AreEqual(version, GoMod.Read(text, "go.mod").BuilderVersion.Text);

    [TestMethod]
    [DataRow("replace a => ./a", true)]
    [DataRow("replace a v1 => ../a", true)]
    [DataRow("replace (\n a => `/a b`\n)", true)]
    [DataRow("replace a => b v1", false)]
    public void A_requirement_replaced_by_a_folder_is_noticed(string line, bool expected) =>
        Assert.AreEqual(expected, !GoMod.Read("module m\n" + line, "go.mod").Replacements.IsEmpty);

    [TestMethod]
    [DataRow("", "go.mod: error CST1112:")]
    [DataRow("go 1.22", "go.mod: error CST1112:")]
    [DataRow("\nmodule", "go.mod(2): error CST1113: 'module' of go.mod needs a module path")]
    [DataRow("module a b", "go.mod(1): error CST1113:")]
    [DataRow("module a\ngo one", "go.mod(2): error CST1114: 'one'")]
    [DataRow("module a\nrequire (\n b v1", "go.mod(2): error CST1113: The block 'require ('")]
    [DataRow("module \"a", "go.mod(1): error CST1113: A string")]
    public void A_malformed_file_is_named_with_its_line(string text, string message) =>
        StringAssert.StartsWith(
            Assert.ThrowsExactly<BuildFailedException>(() => GoMod.Read(text, "go.mod")).Message, message, StringComparison.Ordinal);

    [TestMethod]
    public void A_missing_file_is_an_error_of_the_project()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => GoMod.ReadFile("/nowhere", new SourceLocation("app.goproj")));
        StringAssert.StartsWith(failure.Message, "app.goproj: error CST1110: There is no go.mod in '/nowhere'.", StringComparison.Ordinal);
    }
}
