using System.Text;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Building;

/// <summary>
/// Writes the stages of a definition as a Dockerfile, and what its build does not see as the ignore file beside it. Asks nobody, runs
/// nothing.
/// </summary>
internal sealed class DockerfileExport(BuildDefinition definition, string? dockerfileName, IBuildEvents events)
{
    private readonly ExportedDockerfile export = definition.Outputs.Export
        ?? throw new ArgumentException("The definition names no file to write.", nameof(definition));

    private SourceLocation Place => new(definition.Source.Project?.File ?? definition.Source.Dockerfile!);

    /// <exception cref="BuildFailedException">The stages are wrong or no Dockerfile can say them, or the file is somebody's.</exception>
    public void WriteFiles()
    {
        var source = Path.GetFileName(Place.File);
        var (directives, text) = Write();
        (string Path, string Text)[] files =
        [
            (export.File, WrittenMark.Add(
                directives, Notes() + text, $"{source}. To change it, change that and run the target ExportDockerfile again.")),
            (export.File + IgnoreRules.FileSuffix, WrittenMark.Add("", IgnoreText(), source)),
        ];
        foreach (var (path, _) in files)
        {
            RequireOurs(path);
        }

        foreach (var (path, content) in files)
        {
            Save(path, content);
        }

        events.Report(new TextReported($"{export.File} was written."));
    }

    private (string Directives, string Text) Write()
    {
        var platforms = StageReader.Read(definition, dockerfileName, events);
        var sets = platforms.Select(stages => StageSelection.ForDockerfile(stages.Graph, definition.Source.BuildContexts.Keys)).ToArray();
        var texts = sets.Select(DockerfileWriter.Write).Distinct(StringComparer.Ordinal).ToArray();
        return texts is [var text] ? (DockerfileWriter.Directives(sets[0]), text[DockerfileWriter.Directives(sets[0]).Length..])
            : throw new BuildFailedException(
                ExportDiagnostics.PlatformsDiffer(platforms.Select(stages => stages.Platform.ToString()), Place));
    }

    /// <summary>What the project gives its build beside the stages. Values of arguments may be nobody's business.</summary>
    private string Notes()
    {
        string[] options =
        [
            .. definition.Source.BuildArgs.Keys.Order(StringComparer.Ordinal).Select(name => $"--build-arg {name}"),
            .. definition.Metadata.Labels.Keys.Order(StringComparer.Ordinal).Select(name => $"--label {name}"),
            .. definition.Source.BuildContexts.Keys.Order(StringComparer.Ordinal).Select(name => $"--build-context {name}"),
            .. definition.Commands.Secrets.Keys.Order(StringComparer.Ordinal).Select(name => $"--secret id={name}"),
            .. definition.Commands.Ssh.Keys.Order(StringComparer.Ordinal).Select(name => $"--ssh {name}"),
            .. definition.Commands.Allow.Order(StringComparer.Ordinal).Select(name => $"--allow {name}"),
        ];
        return options.Length == 0 ? "\n" : $"# The project also gives: {OneLine.Of(string.Join(' ', options))}\n\n";
    }

    private string IgnoreText()
    {
        var own = IgnoreFile.FindFor(definition.Source.ContextDirectory, definition.Source.Dockerfile)?.Text;
        var text = new StringBuilder();
        foreach (var rule in IgnoreRules.Of(definition).Concat(IgnoreRules.OfExport(definition, export)).Distinct(StringComparer.Ordinal))
        {
            text.Append(rule).Append('\n');
        }

        return text.Append(own).ToString();
    }

    private void RequireOurs(string path)
    {
        if (path == definition.Source.Dockerfile)
        {
            throw new BuildFailedException(ExportDiagnostics.IsItsSource(path));
        }

        var writer = Guard(path, () => WrittenMark.Find(path));
        if (writer is WrittenBy.Somebody or WrittenBy.UsAndSomebody && !export.Overwrite)
        {
            throw new BuildFailedException(
                writer == WrittenBy.Somebody ? ExportDiagnostics.NotOurs(path) : ExportDiagnostics.Changed(path));
        }
    }

    private static void Save(string path, string text) => Guard(path, () =>
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        StoreDirectory.WriteAtomically(path, Encoding.UTF8.GetBytes(text));
        return path;
    });

    private static T Guard<T>(string path, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(ExportDiagnostics.NotWritten(path, failure.Message), failure);
        }
    }
}
