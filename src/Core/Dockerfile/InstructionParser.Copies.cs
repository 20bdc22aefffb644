using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>COPY and ADD.</summary>
internal sealed partial class InstructionParser
{
    private CopyInstruction? ParseCopy(InstructionLine line, ImmutableArray<HereDocument> documents)
    {
        FlagSpec[] known =
        [
            FlagSpec.Text("from"),
            FlagSpec.Text("chown"),
            FlagSpec.Text("chmod"),
            FlagSpec.Switch("link"),
            FlagSpec.Switch("parents"),
            FlagSpec.List("exclude"),
        ];
        return TryReadFlags(line, known, out var flags) && ReadPaths(line) is { } paths
            ? new CopyInstruction(
                line.Location,
                line.Text,
                paths[..^1],
                paths[^1],
                flags["from"]?.Value,
                flags["chown"]?.Value,
                flags["chmod"]?.Value)
            {
                FromLocation = flags["from"]?.Location ?? line.Location,
                Link = flags.Switch("link") is true,
                Parents = flags.Switch("parents") is true,
                Excludes = [.. flags.All("exclude").Select(flag => flag.Value!)],
                Documents = documents,
            }
            : null;
    }

    private AddInstruction? ParseAdd(InstructionLine line, ImmutableArray<HereDocument> documents)
    {
        FlagSpec[] known =
        [
            FlagSpec.Text("chown"), FlagSpec.Text("chmod"), FlagSpec.Text("checksum"), FlagSpec.Switch("link"),
            FlagSpec.Switch("keep-git-dir"), FlagSpec.Switch("unpack"),
            FlagSpec.List("exclude"),
        ];
        return TryReadFlags(line, known, out var flags) && ReadPaths(line) is { } paths
            ? new AddInstruction(line.Location, line.Text, paths[..^1], paths[^1], flags["chown"]?.Value, flags["chmod"]?.Value)
            {
                Link = flags.Switch("link") is true,
                Excludes = [.. flags.All("exclude").Select(flag => flag.Value!)],
                Documents = documents,
                Checksum = flags["checksum"]?.Value,
                KeepGitDirectory = flags.Switch("keep-git-dir") is true,
                Unpack = flags.Switch("unpack"),
            }
            : null;
    }

    /// <summary>
    /// Sources and, last, the destination; a here-document among the sources is <c>&lt;&lt;NAME</c>. Null where there are too few.
    /// </summary>
    private ImmutableArray<string>? ReadPaths(InstructionLine line)
    {
        if (ReadList(line) is not { } paths)
        {
            return null;
        }

        if (paths.Length < 2)
        {
            diagnostics.Add(DockerfileDiagnostics.CopyWithoutDestination(line.Keyword, line.Location));
            return null;
        }

        return JsonArguments.Read(line.Rest, out _) == JsonArguments.Form.Text
            ? [.. paths.Select(path => Heredoc.TryParse(new Word(path, default)) is { } heredoc ? $"<<{heredoc.Name}" : path)]
            : paths;
    }
}
