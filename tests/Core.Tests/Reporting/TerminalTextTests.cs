using ContainerStages.Contracts;

namespace ContainerStages.Core.Tests.Reporting;

[TestClass]
public sealed class TerminalTextTests
{
    [TestMethod]
    [DataRow("plain \u20AC text\n\tin lines", "plain \u20AC text\n\tin lines")]
    [DataRow("\e]0;title\a", "\\x1b]0;title\\x07")]
    [DataRow("\e[2J\e[31mred", "\\x1b[2J\\x1b[31mred")]
    [DataRow("\u009B2J", "\\x9b2J", DisplayName = "The same in one character")]
    [DataRow("good\rbad\b\b\b\x7F\0", "good\\x0dbad\\x08\\x08\\x08\\x7f\\x00")]
    public void What_would_steer_a_terminal_is_shown_as_text(string text, string expected)
    {
        Assert.AreEqual(expected, TerminalText.Plain(text));
        Assert.AreEqual(expected.Replace('\n', ' ').Replace('\t', ' '), TerminalText.Line(text));
        Assert.AreEqual($"error CST0000: {expected}", new Diagnostic("CST0000", Severity.Error, text).ToString());
    }

    [TestMethod]
    [DataRow("\e[1;31mred\e[0m done", "\e[1;31mred\e[0m done", "red done")]
    [DataRow("\e[38;2;1;2;3mfancy\e[m", "\e[38;2;1;2;3mfancy\e[m", "fancy")]
    [DataRow("\e[8mhidden", "\e[8mhidden\e[0m", "hidden")]
    [DataRow("a\e[2Jb\e]0;t\a\e[32mc\e[0m", "a\\x1b[2Jb\\x1b]0;t\\x07\e[32mc\e[0m", "a\\x1b[2Jb\\x1b]0;t\\x07c")]
    [DataRow("\e\e[3", "\\x1b\\x1b[3", "\\x1b\\x1b[3")]
    [DataRow("10%\r50%\r100%\r", "100%", "100%")]
    public void Output_keeps_its_colours_alone(string line, string expected, string uncoloured)
    {
        Assert.AreEqual(expected, TerminalText.Output(line));
        Assert.AreEqual(uncoloured, TerminalText.Uncoloured(line));
    }
}
