using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Reads the Dockerfile language. Source: Dockerfile reference.</summary>
public static class DockerfileFrontEnd
{
    /// <summary>Reads a whole Dockerfile; the variables of FROM are replaced, all other words stay as written.</summary>
    /// <exception cref="BuildFailedException">
    /// Something is wrong: one diagnostic per mistake of the file, in the order of its lines.
    /// </exception>
    public static StageSet Read(string text, string fileName, FrontEndOptions options)
    {
        var diagnostics = new List<Diagnostic>();
        var read = ReadInstructions(text, fileName, options, diagnostics);
        if (read.Instructions.IsEmpty && diagnostics.Count == 0)
        {
            diagnostics.Add(DockerfileDiagnostics.NoInstructions(new SourceLocation(fileName)));
        }

        var stages = new StageCollector(options, new WordExpander(read.Escape), diagnostics).Collect(read.Instructions);
        if (stages.Stages.IsEmpty && diagnostics.Count == 0)
        {
            diagnostics.Add(StageDiagnostics.NoStage(new SourceLocation(fileName)));
        }

        ThrowIfAny(diagnostics);
        var warnings = Check(read, stages, options);
        ThrowIfAny([.. warnings.Where(warning => warning.Severity == Severity.Error)]);
        return stages with { Escape = read.Escape, Warnings = warnings, Checks = SettingsOf(read, options) };
    }

    /// <summary>
    /// What is wrong with a Dockerfile and what the build checks say of it, in the order of its lines; nothing is thrown.
    /// </summary>
    public static ImmutableArray<Diagnostic> Check(string text, string fileName, FrontEndOptions options)
    {
        var diagnostics = new List<Diagnostic>();
        var read = ReadInstructions(text, fileName, options, diagnostics);
        var stages = new StageCollector(options, new WordExpander(read.Escape), diagnostics).Collect(read.Instructions);
        return InOrder(diagnostics.Concat(Check(read, stages, options)));
    }

    private static ReadInstructions ReadInstructions(string text, string fileName, FrontEndOptions options, List<Diagnostic> diagnostics)
    {
        var read = InstructionReader.Read(SourceText.Of(text, fileName), withDirectives: true, diagnostics);
        if (DockerfileSyntax.Check(
            read.Lexer.Directives.GetValueOrDefault("syntax"), options.BuildKit, new SourceLocation(fileName)) is { } foreign)
        {
            diagnostics.Add(foreign);
        }

        return read;
    }

    private static ImmutableArray<Diagnostic> Check(ReadInstructions read, StageSet stages, FrontEndOptions options)
    {
        var file = new CheckedFile(read, stages, options);
        return InOrder(SettingsOf(read, options).Apply([.. WritingChecks.Run(file), .. FromChecks.Run(file), .. StageChecks.Run(file)]));
    }

    private static CheckSettings SettingsOf(ReadInstructions read, FrontEndOptions options) =>
        new(options.BuildKit.Checks ?? read.Lexer.Directives.GetValueOrDefault("check")?.Value)
    {
        Instructions = [.. read.Lines.SelectMany(line => CheckComment.Read(line, read.Lexer))],
    };

    /// <summary>Reads the file at a path, as <see cref="Read"/> does with its text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">As for the text.</param>
    /// <param name="name">What messages call it; null for the path.</param>
    /// <exception cref="BuildFailedException">The file cannot be read, or something is wrong in it.</exception>
    public static StageSet ReadFile(string path, FrontEndOptions options, string? name = null) =>
        Read(TextOf(path, options), name ?? path, options);

    /// <summary>The text of the file at a path.</summary>
    /// <exception cref="BuildFailedException">It cannot be read.</exception>
    public static string TextOf(string path, FrontEndOptions options)
    {
        try
        {
            return ContextFile.TryRead(options.ContextDirectory ?? path, path)
                ?? throw new BuildFailedException(DockerfileDiagnostics.FileMissing(path));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(DockerfileDiagnostics.FileUnreadable(path, denied.Message), denied);
        }
    }

    /// <summary>
    /// Reads the instructions of one stage, written somewhere in another file (the steps of a project's stage). FROM is an error,
    /// directives are comments.
    /// </summary>
    /// <param name="text">The instructions; their indentation is free.</param>
    /// <param name="file">The file they stand in.</param>
    /// <param name="line">The line of the file that <paramref name="text"/> begins in; 0 where unknown.</param>
    /// <exception cref="BuildFailedException">
    /// Something is wrong: one diagnostic per mistake, each with its line in <paramref name="file"/>.
    /// </exception>
    public static ImmutableArray<Instruction> ReadSteps(string text, string file, int line)
    {
        var diagnostics = new List<Diagnostic>();
        var instructions =
            InstructionReader.Read(SourceText.Of(text, file, line, isPart: true), withDirectives: false, diagnostics).Instructions;
        diagnostics.AddRange(instructions.OfType<FromInstruction>().Select(from => DockerfileDiagnostics.FromInSteps(from.Location)));
        ThrowIfAny(diagnostics);
        return instructions;
    }

    private static void ThrowIfAny(List<Diagnostic> diagnostics)
    {
        if (diagnostics.Count > 0)
        {
            throw new BuildFailedException([.. InOrder(diagnostics)]);
        }
    }

    private static ImmutableArray<Diagnostic> InOrder(IEnumerable<Diagnostic> diagnostics) =>
        [.. diagnostics.OrderBy(diagnostic => diagnostic.Location?.Line).ThenBy(diagnostic => diagnostic.Location?.Column)];
}
