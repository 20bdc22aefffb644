using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Core.Tests.Stages;

[TestClass]
public sealed class WordExpanderTests
{
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["A"] = "one",
        ["EMPTY"] = "",
        ["BLANKS"] = "two words",
        ["FILE"] = "/tmp/dir.d/app.tar.gz",
        ["STARS"] = "a***yy*",
        ["PATTERN"] = "*/",
        ["KOREAN"] = "한국어",
        ["FACES"] = "😀a😁",
        ["A_1"] = "underscore",
    };

    [TestMethod]
    [DataRow("plain", "plain")]
    [DataRow("", "")]
    [DataRow("$A", "one")]
    [DataRow("${A}", "one")]
    [DataRow("x$A.y", "xone.y")]
    [DataRow("x${A}y", "xoney")]
    [DataRow("$A_1", "underscore")]
    [DataRow("$NONE", "")]
    [DataRow("$", "$")]
    [DataRow("$.", "$.")]
    [DataRow("a$b$", "a$")]
    [DataRow("$1x", "x")]
    [DataRow("$12", "")]
    [DataRow("$@x", "x")]
    [DataRow("$$A", "A")]
    [DataRow(@"\$A", "$A")]
    [DataRow(@"\\$A", @"\one")]
    [DataRow(@"\a", "a")]
    [DataRow(@"a\", "a")]
    [DataRow("'$A'", "$A")]
    [DataRow("\"$A\"", "one")]
    [DataRow("\"'$A'\"", "'one'")]
    [DataRow("'\"$A\"'", "\"$A\"")]
    [DataRow("\"\\\"\"", "\"")]
    [DataRow("\"\\$A\"", "$A")]
    [DataRow("\"\\a\"", "\\a")]
    [DataRow("\"\\\\a\"", "\\a")]
    [DataRow("he\"ll\"o", "hello")]
    [DataRow("'it'\"'\"'s'", "it's")]
    [DataRow("한국어$KOREAN", "한국어한국어")]
    [DataRow("two words", "two words")]
    [DataRow("  $BLANKS  ", "  two words  ")]
    public void Variables_quotes_and_escapes_mean_what_they_mean_in_a_shell(string word, string expected) =>
        Assert.AreEqual(expected, Expand(word));

    [TestMethod]
    [DataRow("${A:-w}", "one")]
    [DataRow("${EMPTY:-w}", "w")]
    [DataRow("${NONE:-w}", "w")]
    [DataRow("${A-w}", "one")]
    [DataRow("${EMPTY-w}", "")]
    [DataRow("${NONE-w}", "w")]
    [DataRow("${A:+w}", "w")]
    [DataRow("${EMPTY:+w}", "")]
    [DataRow("${NONE:+w}", "")]
    [DataRow("${EMPTY+w}", "w")]
    [DataRow("${NONE+w}", "")]
    [DataRow("${A:?w}", "one")]
    [DataRow("${EMPTY?w}", "")]
    [DataRow("${NONE:-$A}", "one")]
    [DataRow("${NONE:-${EMPTY:-deep}}", "deep")]
    [DataRow("${NONE:-'$A}'}", "$A}")]
    [DataRow("${NONE:-\"a }\"}", "a }")]
    [DataRow("${NONE:-\\}}", "}")]
    [DataRow("${NONE:-}", "")]
    [DataRow("${NONE:-two words}", "two words")]
    [DataRow("${NONE:--}", "-")]
    public void Defaults_and_alternatives_are_as_in_a_shell(string word, string expected) => Assert.AreEqual(expected, Expand(word));

    [TestMethod]
    [DataRow("${FILE#*/}", "tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE##*/}", "app.tar.gz")]
    [DataRow("${FILE%.*}", "/tmp/dir.d/app.tar")]
    [DataRow("${FILE%%.*}", "/tmp/dir")]
    [DataRow("${FILE%%/*}", "")]
    [DataRow("${FILE#/tmp}", "/dir.d/app.tar.gz")]
    [DataRow("${FILE#tmp}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE#?}", "tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE#}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE##}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE#$NONE}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE#$PATTERN}", "tmp/dir.d/app.tar.gz")]
    [DataRow("${NONE#x}", "")]
    [DataRow(@"${STARS%%\**\*}", "a")]
    [DataRow(@"${STARS#a\*}", "**yy*")]
    [DataRow("${KOREAN%?}", "한국")]
    [DataRow("${FACES%?}", "😀a")]
    [DataRow("${FACES#?}", "a😁")]
    [DataRow("${FACES##*a?}", "")]
    [DataRow("${FACES%%*😁}", "")]
    [DataRow("${FACES/?/x}", "xa😁")]
    public void Prefixes_and_suffixes_are_cut_by_pattern(string word, string expected) => Assert.AreEqual(expected, Expand(word));

    [TestMethod]
    [DataRow("${FILE/app/x}", "/tmp/dir.d/x.tar.gz")]
    [DataRow("${FILE//./-}", "/tmp/dir-d/app-tar-gz")]
    [DataRow("${FILE/./-}", "/tmp/dir-d/app.tar.gz")]
    [DataRow("${FILE/none/x}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${FILE//app*/x}", "/tmp/dir.d/x")]
    [DataRow(@"${FILE//\//_}", "_tmp_dir.d_app.tar.gz")]
    [DataRow(@"${FILE/\/tmp/}", "/dir.d/app.tar.gz")]
    [DataRow("${FILE/$A/$KOREAN}", "/tmp/dir.d/app.tar.gz")]
    [DataRow("${A/$NONE/x}", "xone")]
    [DataRow("${A///}", "one")]
    [DataRow("${A//?/x}", "xxx")]
    [DataRow("${NONE/a/b}", "")]
    public void Parts_are_replaced_by_pattern(string word, string expected) => Assert.AreEqual(expected, Expand(word));

    [TestMethod]
    [DataRow("${A", "a '}' is missing")]
    [DataRow("${", "a '}' is missing")]
    [DataRow("${A:", "not supported")]
    [DataRow("${}", "not followed by a name")]
    [DataRow("${:-a}", "not followed by a name")]
    [DataRow("${A:-w", "a '}' is missing")]
    [DataRow("${A/x}", "a '/' is missing")]
    [DataRow("${A/x/y", "a '}' is missing")]
    [DataRow("${A=w}", "'=' of 'A' is not supported")]
    [DataRow("${A:=w}", "':=' of 'A' is not supported")]
    [DataRow("${A^^}", "'^' of 'A' is not supported")]
    [DataRow("${A:1:2}", "':1' of 'A' is not supported")]
    [DataRow("${A,,}", "',' of 'A' is not supported")]
    [DataRow(@"${A#\x}", "escapes a character that has no meaning")]
    [DataRow("'a", "single quote is not closed")]
    [DataRow("\"a", "double quote is not closed")]
    [DataRow("\"a\\\"", "double quote is not closed")]
    [DataRow("${NONE:?say why $A}", "NONE: say why one")]
    [DataRow("${EMPTY:?}", "EMPTY: it must have a value that is not empty")]
    [DataRow("${NONE?}", "NONE: it must have a value")]
    public void A_malformed_word_says_why_and_where(string word, string reason)
    {
        var location = new SourceLocation("Dockerfile", 3, 5);
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => new WordExpander().ExpandWord(word, Variables, location));
        StringAssert.Contains(failure.Diagnostics[0].Message, reason, StringComparison.Ordinal);
        Assert.AreEqual(location, failure.Diagnostics[0].Location);
    }

    [TestMethod]
    [DataRow("a b", "a|b")]
    [DataRow("  a   b  ", "a|b")]
    [DataRow("", "")]
    [DataRow("$BLANKS", "two|words")]
    [DataRow("x$BLANKS", "xtwo|words")]
    [DataRow("\"$BLANKS\"", "two words")]
    [DataRow("'a b' c", "a b|c")]
    [DataRow(@"a\ b c", "a b|c")]
    [DataRow("$EMPTY", "")]
    [DataRow("\"\"", "")]
    [DataRow("a $EMPTY b", "a|b")]
    [DataRow("${NONE:-a b}", "a|b")]
    [DataRow("\"a b\"c d", "a bc|d")]
    public void Several_words_are_split_at_blanks_that_nothing_protects(string word, string expected) =>
        Assert.AreEqual(expected, string.Join('|', new WordExpander().ExpandWords(word, Variables, default)));

    [TestMethod]
    [DataRow("`$A", "$A")]
    [DataRow(@"c:\$A", @"c:\one")]
    [DataRow("\"`\"\"", "\"")]
    [DataRow(@"""\""", @"\")]
    [DataRow("${STARS%`*}", "a***yy")]
    public void The_escape_character_can_be_another(string word, string expected) =>
        Assert.AreEqual(expected, new WordExpander('`').ExpandWord(word, Variables, default));

    [TestMethod]
    public void Values_that_are_made_of_each_other_do_not_fill_the_memory()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal) { ["A"] = "0123456789" };
        var failure = Assert.ThrowsExactly<BuildFailedException>(() =>
        {
            for (var time = 0; time < 14; time++)
            {
                variables["A"] = new WordExpander().ExpandWord("$A${A}\"$A\"$A", variables, default);
            }
        });
        Assert.AreEqual("CST3013", failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public void Names_without_a_value_are_known_afterwards()
    {
        var unset = new WordExpander().Expand("$A ${B} ${C:-x} \"$D\" '$E'", Variables, default).Unset;
        CollectionAssert.AreEquivalent(new[] { "B", "C", "D" }, unset.ToArray());
    }

    [TestMethod]
    [DataRow("$A")]
    [DataRow("a 'b' \"c\" \\d ${x}")]
    [DataRow("  blanks  ")]
    public void A_protected_text_expands_to_itself(string literal)
    {
        foreach (var words in new[] { new WordExpander(), new WordExpander('`') })
        {
            Assert.AreEqual(literal, words.ExpandWord(words.Protect(literal), Variables, default));
        }
    }

    private static string Expand(string word) => new WordExpander().ExpandWord(word, Variables, default);
}
