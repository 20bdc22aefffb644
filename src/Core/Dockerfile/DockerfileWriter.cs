using System.Collections.Immutable;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>
/// Stages to the text of a Dockerfile that reads as the same stages. Variables of FROM are replaced already; what the user wrote of an
/// instruction is kept where it means the same on one line.
/// </summary>
public sealed class DockerfileWriter
{
    private readonly char escape;
    private readonly InstructionText text;

    private DockerfileWriter(char escape) => (this.escape, text) = (escape, new InstructionText(escape));

    public static string Write(StageSet set)
    {
        var writer = new DockerfileWriter(set.Escape);
        var written = new StringBuilder(writer.EscapeDirective);
        var arguments = set.GlobalArguments
            .Where(argument => !PlatformArguments.IsPredefined(argument.Key))
            .OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .ToArray();
        foreach (var (name, value) in arguments)
        {
            written.Append(writer.text.Of(
                new ArgInstruction(default, "", [new NameValue(writer.Protect(name), value is null ? null : writer.Protect(value))])))
                .Append('\n');
        }

        foreach (var stage in set.Stages)
        {
            written.Append(written.Length == 0 ? "" : "\n")
                .Append(writer.From(stage))
                .Append('\n')
                .Append(writer.Steps(stage.Instructions));
        }

        return written.ToString();
    }

    /// <summary>The lines that <see cref="Write"/> begins with and that no comment may stand before; or empty.</summary>
    public static string Directives(StageSet set) => new DockerfileWriter(set.Escape).EscapeDirective;

    /// <summary>The instructions of one stage without its FROM, one after the other; each ends its line.</summary>
    public static string WriteSteps(ImmutableArray<Instruction> instructions, char escape = WordExpander.DefaultEscape) =>
        new DockerfileWriter(escape).Steps(instructions);

    private string EscapeDirective => escape == WordExpander.DefaultEscape ? "" : $"# escape={escape}\n";

    private string From(Stage stage) =>
        $"FROM {(stage.Platform is { } platform ? $"--platform={platform} " : "")}{Protect(stage.From)}" +
        $"{(stage.Name is { } name ? $" AS {name}" : "")}";

    private string Steps(ImmutableArray<Instruction> instructions)
    {
        var written = new StringBuilder();
        foreach (var instruction in instructions.SelectMany(Separate))
        {
            var plain = text.Of(instruction);
            written.Append(AsWritten(instruction, plain) ?? plain).Append('\n');
        }

        return written.ToString();
    }

    /// <summary>The copies of a project's artifacts are instructions of their own in a Dockerfile.</summary>
    private static IEnumerable<Instruction> Separate(Instruction instruction) =>
        instruction is ArtifactsInstruction artifacts ? artifacts.Copies : [instruction];

    /// <summary>What the user wrote, which also is what history says; null where it means something else on one line.</summary>
    private string? AsWritten(Instruction instruction, string plain)
    {
        var written = instruction.Text + InstructionText.Bodies(instruction);
        var mistakes = new List<Diagnostic>();
        var read = InstructionReader.Read(SourceText.Of(EscapeDirective + written, ""), withDirectives: true, mistakes).Instructions;
        return mistakes.Count == 0 && read is [not FromInstruction] && read[0].Text == instruction.Text && text.Of(read[0]) == plain
            ? written
            : null;
    }

    private string Protect(string literal) => new WordExpander(escape).Protect(literal);
}
