using System.Collections.Immutable;
using System.Globalization;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Turns what only projects and conventions say into stages that a Dockerfile can say, with the same image.</summary>
internal static class ArtifactStages
{
    private const uint UsualFile = 0x1A4; // rw-r--r--
    private const uint UsualFolder = 0x1ED; // rwxr-xr-x
    private const string EndOfFile = "EOF";

    /// <summary>The stage, after those that gather its artifacts.</summary>
    /// <exception cref="BuildFailedException">No Dockerfile can say it.</exception>
    public static IEnumerable<Stage> Of(Stage stage)
    {
        if (stage.Instructions.OfType<ArtifactsInstruction>().FirstOrDefault() is not { } artifacts)
        {
            return [stage with { Instructions =
                [.. stage.Instructions.SelectMany(instruction => instruction is CopyInstruction copy ? Copies(copy) : [instruction])] }];
        }

        if (ArtifactLayer.IsOneCopy(artifacts.Copies))
        {
            return [Replace(stage, artifacts, artifacts.Copies[0])];
        }

        RequireSayable(artifacts.Copies);
        var folders = artifacts.Copies.SelectMany(copy => Folders(copy.Files)).ToArray();
        var gathering = new Stage
        {
            Index = 0,
            Name = ArtifactLayer.Stage,
            From = StageNames.Scratch,
            Location = artifacts.Location,
            Instructions = [.. folders.Select(CopyOf), .. artifacts.Copies.SelectMany(Copies)],
        };
        return [.. folders.Select(StageOf), gathering, Replace(stage, artifacts, ArtifactLayer.Gathered(artifacts.Copies, artifacts))];
    }

    private static void RequireSayable(ImmutableArray<CopyInstruction> copies)
    {
        var reason = !ArtifactLayer.HasCommonFolder(copies) ? "some Destinations of artifacts begin with '/' and some do not"
            : copies.Any(copy => copy.Append) ? "certificates of the project's own (ContainerStageCertificate) go behind those that are " +
                "there, and no instruction of a Dockerfile appends"
            : copies.FirstOrDefault(
                copy => copy.Chown?.Any(letter => !char.IsAsciiDigit(letter) && letter != ':') == true) is { } named ? $"Chown " +
                    $"'{named.Chown}' of an artifact is a name, which the stage that gathers several artifacts does not know; write numbers"
            : null;
        if (reason is not null)
        {
            throw new BuildFailedException(ExportDiagnostics.NotSayable(reason, copies[0].Location));
        }
    }

    private static Stage Replace(Stage stage, ArtifactsInstruction artifacts, CopyInstruction copy) =>
        stage with { Instructions = stage.Instructions.Replace(artifacts, copy) };

    /// <summary>Files are here-documents; a file that may be missing is a pattern, which may match nothing.</summary>
    private static IEnumerable<Instruction> Copies(CopyInstruction copy) => copy switch
    {
        { Files.IsEmpty: false } => copy.Files.Where(file => file.Content is not null).Select(file => Inline(copy, file)),
        { SkipMissing: true } =>
            [copy with { Sources = [.. copy.Sources.Select(source => $"{source[..^1]}[{source[^1]}]")], SkipMissing = false }],
        _ => [copy],
    };

    private static CopyInstruction Inline(CopyInstruction copy, InlineFile file) =>
        new(copy.Location, "", [$"<<{EndOfFile}"], new WordExpander().Protect(file.Path))
    {
        Chmod = file.Mode == UsualFile ? null : Octal(file.Mode),
        Documents = [new HereDocument(EndOfFile, file.Content!, Expand: false, copy.Location)],
    };

    /// <summary>Those that do not come with their files.</summary>
    private static IEnumerable<InlineFile> Folders(ImmutableArray<InlineFile> files) => files.Where(folder =>
        folder.Content is null
            && !(folder.Mode == UsualFolder && files.Any(file => file.Path.StartsWith(folder.Path + "/", StringComparison.Ordinal))));

    private static string NameOf(InlineFile folder) => $"{ArtifactLayer.Stage}{folder.Path.Replace('/', '-')}";

    private static Stage StageOf(InlineFile folder) => new()
    {
        Index = 0,
        Name = NameOf(folder),
        From = StageNames.Scratch,
        Location = default,
        Instructions = [new WorkdirInstruction(default, "", folder.Path)],
    };

    private static CopyInstruction CopyOf(InlineFile folder)
    {
        var parent = folder.Path[..(folder.Path.LastIndexOf('/') + 1)];
        return new CopyInstruction(default, "", [parent], parent, NameOf(folder), Chmod: Octal(folder.Mode));
    }

    private static string Octal(uint mode) => Convert.ToString(mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);
}
