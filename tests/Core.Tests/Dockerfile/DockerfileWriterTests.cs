using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;
using CsCheck;

namespace ContainerStages.Core.Tests.Dockerfile;

/// <summary>Stages to text and back are the same stages, whatever their values are.</summary>
[TestClass]
public sealed class DockerfileWriterTests
{
    private static readonly SourceLocation Nowhere = new("f", 1);

    private static readonly Gen<string> Name = One("A", "b", "NAME", "_x1", "a.b");

    private static readonly Gen<string> Piece = One(
        "a", "b c", "$A", "${B:-x}", "é", "\"", "'", "\\", "\\\\", "`", "[", "]", ",", "=", "--", "<<", "<<EOF", "#", "\t", "*", "/", "1");

    /// <summary>Any text of one line that neither begins nor ends with a blank.</summary>
    private static readonly Gen<string> Text = Piece.Array[1, 6].Select(pieces => string.Concat(pieces).Trim())
        .Where(text => text.Length > 0);

    private static readonly Gen<string> Word = One("a", "$A", "'b c'", "\"d e\"", "${B:-x}", "é", "/path", "x=y", "1:2");

    private static readonly Gen<string> BareWord = One("a", "$A", "${B:-x}", "é", "/path", "x=y", "8080/tcp", "<");

    private static readonly Gen<string?> Maybe = Gen.Frequency((2, One<string?>([null])), (1, Text.Select(text => (string?)text)));

    private static readonly Gen<string?> MaybeNumber = One<string?>(null, "0", "755", "$N");

    private static readonly Gen<HereDocument> Document = Gen.Select(
        One("EOF", "END", "a.txt"),
        One("", "line\n", "one\n\ttwo\n\n# three \\\n"),
        Gen.Bool,
        (name, content, expand) => new HereDocument(name, content, expand, Nowhere));

    private static readonly Gen<CommandLine> Command = Gen.OneOf(
        One("true", "a  b", "echo \"<<EOF\" && $X", "-- x", "--x", "[ -f a ]", "é").Select(text => (CommandLine)new ShellForm(text)),
        Text.Array[1, 3].Select(words => (CommandLine)new ExecForm([.. words])));

    private static readonly Gen<RunMount> Mount = Gen.OneOf(
        Gen.Select(
            Maybe,
            Maybe,
            One<string?>(null, "first"),
            Gen.Bool,
            (target, source, from, isWritable) => (RunMount)new BindMount(target, source, from, isWritable)),
        Gen.Select(Maybe, Maybe, Gen.Enum<CacheSharing>(), MaybeNumber, Gen.Bool, (target, id, sharing, number, isReadOnly) =>
            (RunMount)new CacheMount(target) { Id = id, Sharing = sharing, Mode = number, UserId = number, ReadOnly = isReadOnly }),
        Gen.Select(Maybe, One<string?>(null, "64m", "1g"), (target, size) => (RunMount)new TmpfsMount(target, size)),
        Gen.Select(
            Text,
            Maybe,
            Maybe,
            Gen.Bool,
            (id, target, variable, isRequired) =>
                (RunMount)new SecretMount(target) { Id = id, Environment = variable, Required = isRequired }),
        Gen.Select(
            Maybe,
            MaybeNumber,
            Gen.Bool,
            (id, number, isRequired) => (RunMount)new SshMount(null) { Id = id, GroupId = number, Required = isRequired }));

    private static readonly Gen<Instruction> Any = Gen.OneOf(
        Gen.Select(Name, Gen.OneOf(One<string?>([null]), Word.Select(word => (string?)word))).Array[1, 3].Select(
            pairs => (Instruction)new ArgInstruction(Nowhere, "", Pairs(pairs))),
        Gen.Select(Name, Word.Select(word => (string?)word)).Array[1, 3].Select(
            pairs => (Instruction)new EnvInstruction(Nowhere, "", Pairs(pairs))),
        Gen.Select(Name.Where(name => name != "a.b"), One("a b", "old \"form", "x=1 y=2"))
            .Select(pair => (Instruction)new LabelInstruction(Nowhere, "", [new NameValue(pair.Item1, pair.Item2)])),
        Word.Select(word => (Instruction)new WorkdirInstruction(Nowhere, "", word)),
        Word.Select(word => (Instruction)new UserInstruction(Nowhere, "", word)),
        BareWord.Array[1, 3].Select(words => (Instruction)new ExposeInstruction(Nowhere, "", [.. words])),
        Text.Array[1, 3].Select(words => (Instruction)new VolumeInstruction(Nowhere, "", [.. words])),
        Text.Array[1, 3].Select(words => (Instruction)new ShellInstruction(Nowhere, "", [.. words])),
        Command.Select(command => (Instruction)new CmdInstruction(Nowhere, "", command)),
        Command.Select(command => (Instruction)new EntrypointInstruction(Nowhere, "", command)),
        Gen.Select(Command, Mount.Array[0, 3], Gen.Enum<RunNetwork>(), Gen.Bool, (command, mounts, network, isInsecure) =>
            (Instruction)new RunInstruction(Nowhere, "", command) { Mounts = [.. mounts], Network = network, Insecure = isInsecure }),
        Document.Array[1, 2].Select(
            documents =>
                (Instruction)new RunInstruction(Nowhere, "", new HeredocForm(
                    string.Join(' ', documents.Select(document => document.Expand ? $"<<{document.Name}" : $"<<'{document.Name}'")),
                    [.. documents]))),
        Gen.Select(Text.Array[1, 3], Text, Maybe, Maybe, Gen.Bool, Text.Array[0, 2], (sources, destination, owner, mode, isOn, excludes) =>
            (Instruction)new CopyInstruction(
                Nowhere, "", [.. sources], destination, null, owner, mode) { Link = isOn, Parents = !isOn, Excludes = [.. excludes] }),
        Document.Array[1, 2].Select(
            documents => (Instruction)new CopyInstruction(
                Nowhere, "", [.. documents.Select(document => $"<<{document.Name}")], "/dir/") { Documents = [.. documents] }),
        Gen.Select(Text.Array[1, 3], Text, Maybe, One<bool?>(null, true, false), Gen.Bool, (sources, destination, checksum, unpack, keep) =>
            (Instruction)new AddInstruction(
                Nowhere, "", [.. sources], destination) { Checksum = checksum, Unpack = unpack, KeepGitDirectory = keep }),
        Gen.Select(Command.Where(command => command is not ShellForm { Text: ['-', ..] }), One<string?>(
            null, "30s"), One<string?>(null, "3"), (command, interval, retries) =>
            (Instruction)new HealthcheckInstruction(Nowhere, "", command) { Interval = interval, Retries = retries }),
        One("COPY . /app", "RUN <<EOF\nx\nEOF", "ENV A=$B").Select(trigger => (Instruction)new OnBuildInstruction(Nowhere, "", trigger)));

    [TestMethod]
    public void Stages_to_text_and_back_are_the_same_stages() => Gen.Select(Any.Array[0, 4], One('\\', '`')).Sample(
        (instructions, escape) =>
        {
            var set = Stages(escape, instructions);
            var text = DockerfileWriter.Write(set);
            var again = DockerfileFrontEnd.Read(text, "f", new FrontEndOptions());
            Assert.AreEqual(StageMeaning.Of(set), StageMeaning.Of(again), text);
        },
        iter: 3_000);

    [TestMethod]
    public void An_instruction_stays_as_the_user_wrote_it_where_one_line_can_hold_it()
    {
        var set =
            DockerfileFrontEnd.Read("from alpine as a\ncopy [\"a\",\"b\"]\nRUN a \\\n    && b\nENV A b c\n", "f", new FrontEndOptions());
        Assert.AreEqual("FROM alpine AS a\nCOPY [\"a\",\"b\"]\nRUN a     && b\nENV A b c\n", DockerfileWriter.Write(set));
    }

    [TestMethod]
    [DataRow("ends in a blank ")]
    [DataRow("in two  ")]
    [DataRow("\\ ")]
    [DataRow(" ")]
    public void A_value_keeps_its_blanks_at_the_end_of_a_line(string value)
    {
        foreach (var escape in "\\`")
        {
            var words = new WordExpander(escape);
            var set = Stages(
                escape,
                [
                    new EnvInstruction(Nowhere, "", [new NameValue("A", words.Protect(value))]),
                    new WorkdirInstruction(Nowhere, "", "/next"),
                ]);
            var instructions = DockerfileFrontEnd.Read(DockerfileWriter.Write(set), "f", new FrontEndOptions()).Stages[0].Instructions;
            Assert.HasCount(2, instructions);
            var written = ((EnvInstruction)instructions[0]).Variables[0].Value!;
            Assert.AreEqual(value, words.ExpandWord(written, ImmutableDictionary<string, string>.Empty, Nowhere));
        }
    }

    private static Gen<T> One<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static StageSet Stages(char escape, Instruction[] instructions) =>
        new(
            [new Stage { Index = 0, From = "scratch", Location = Nowhere, Instructions = [.. instructions] }],
            PlatformArguments.Create(Platform.Host, Platform.Host, ImmutableDictionary<string, string>.Empty)) { Escape = escape };

    private static ImmutableArray<NameValue> Pairs((string Name, string? Value)[] pairs) =>
        [.. pairs.Select(pair => new NameValue(pair.Name, pair.Value))];
}
