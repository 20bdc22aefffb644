using System.Diagnostics;
using System.Text;
using ContainerStages.Stages;
using CsCheck;

namespace ContainerStages.Core.Tests.Stages;

/// <summary>
/// Random words, read by the expander and by a real shell. Left out is where BuildKit differs from a shell on purpose or not: names may
/// hold letters beyond ASCII, and quotes do not take the meaning from the wildcards of a pattern.
/// </summary>
[TestClass]
public sealed class WordsAsInShellTests
{
    private static readonly Dictionary<string, string> Variables =
        new() { ["A"] = "one.two/three", ["B"] = "b c  d", ["E"] = "", ["P"] = "*.", ["Q"] = "a*b?c" };

    private static readonly Gen<string> Literal = OneOf("a", "b.c", "/", "x-y", "=", ":", "€", "🎈", "1", "_");

    private static readonly Gen<string> Name = OneOf("A", "B", "E", "P", "Q", "NONE");

    private static readonly Gen<string> Pattern =
        OneOf("*", "?", "*.", "*/", ".*", "/*", "one", "*e", "?*", "o*e", @"\*", @"a\*", "$P", "", "${E:-*.}", "d", " ", "*c*");

    private static readonly Gen<string> Variable = Gen.OneOf(
        Name.Select(name => "$" + name),
        Name.Select(name => "${" + name + "}"),
        Gen.Select(Name, OneOf(":-", "-", ":+", "+"), Literal, (name, modifier, word) => $"${{{name}{modifier}{word}}}"),
        Gen.Select(Name, Name, (name, other) => $"${{{name}:-${{{other}:+x}}}}"),
        Gen.Select(Name, OneOf("#", "##", "%", "%%"), Pattern, (name, modifier, pattern) => $"${{{name}{modifier}{pattern}}}"));

    private static readonly Gen<string> Quoted = Gen.OneOf(
        OneOf("'a b'", "'$A'", @"'\'", "'\"'", "' '"),
        OneOf("\"a  b\"", "\"$B\"", "\"${NONE:-x}\"", "\"\\$A\"", "\"\\\\\"", "\"\\\"\"", "\"\\a\"", "\"'\"", "\"$\"", "\"${A%.*}\""),
        OneOf(@"\$", @"\a", @"\\", @"\'", "\\\"", @"\ "));

    private static readonly Gen<string> Fragments = Gen.OneOf(Literal, Variable, Quoted).Array[1, 6].Select(parts => string.Concat(parts));

    [TestMethod]
    public void One_word_is_what_a_shell_makes_of_it() =>
        Fragments.Array[100].Sample(
            words =>
            {
                var expected = RunShell("IFS=\n", words, word => $"printf '%s\\0' {word}");
                foreach (var (word, text) in words.Zip(expected))
                {
                    Assert.AreEqual(text, new WordExpander().ExpandWord(word, Variables, default), word);
                }
            },
            iter: 20);

    [TestMethod]
    public void Several_words_are_what_a_shell_makes_of_them() =>
        Gen.Select(Fragments, Fragments, (left, right) => left + " " + right).Array[100].Sample(
            words =>
            {
                // An empty quoted word is a word to a shell, and none to BuildKit.
                var expected =
                    RunShell("f() { for a; do [ -z \"$a\" ] || printf '<%s>' \"$a\"; done; printf '\\0'; }\n", words, word => $"f {word}");
                foreach (var (word, text) in words.Zip(expected))
                {
                    Assert.AreEqual(
                        text, string.Concat(new WordExpander().ExpandWords(word, Variables, default).Select(part => $"<{part}>")), word);
                }
            },
            iter: 20);

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(index => texts[index]);

    /// <summary>One command a line; each prints its result and a zero byte.</summary>
    private static string[] RunShell(string preamble, string[] words, Func<string, string> command)
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment.Remove("NONE");
        using var shell = Process.Start(start)!;
        var output = shell.StandardOutput.ReadToEndAsync();
        shell.StandardInput.Write("set -f\n" + preamble + string.Concat(words.Select(word => command(word) + "\n")));
        shell.StandardInput.Close();
        shell.WaitForExit();
        Assert.AreEqual(0, shell.ExitCode);
        return output.Result.Split('\0')[..^1];
    }
}
