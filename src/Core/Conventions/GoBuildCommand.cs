using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Conventions;

/// <summary>
/// The <c>go build</c> of the convention as a shell command: static, without paths, times or revisions of the machine, every word quoted.
/// </summary>
internal sealed record GoBuildCommand(GoModule Module, GoVersion Version, SourceLocation Project)
{
    /// <summary>Where the programs are written.</summary>
    public const string OutputFolder = "/out";

    public required ImmutableArray<GoProgram> Programs { get; init; }

    /// <summary>Set where the builder runs on another platform than the program: Go compiles across, and nothing is emulated.</summary>
    public Platform? CrossTarget { get; init; }

    public override string ToString()
    {
        string[] words =
        [
            "go",
            "build",
            .. OwnFlags(),
            .. UserFlags().Where(flag => !flag.IsTags).Select(flag => flag.Text),
            "-o",
            Output(),
            .. Programs.Select(PackagePath),
        ];
        return (Programs.Length == 1 ? "" : $"mkdir -p {OutputFolder} && ") + string.Join(
            ' ',
            Environment().Concat(words.Select(ShellText.Quote)));
    }

    /// <summary>Into a folder that exists go writes any number of programs, under the names that it gives them.</summary>
    private string Output() => Programs.Length == 1 ? $"{OutputFolder}/{Programs[0].Name}" : OutputFolder;

    /// <summary>The package as go build wants it: a folder begins with <c>./</c>, everything else is an import path.</summary>
    private string PackagePath(GoProgram program) =>
        !program.Package.StartsWith('.') && Directory.Exists(Path.Combine(Module.Directory, program.Package))
            ? "./" + program.Package
            : program.Package;

    private IEnumerable<string> Environment()
    {
        yield return Module.CgoEnabled ? "CGO_ENABLED=1" : "CGO_ENABLED=0";
        if (CrossTarget is not { } target)
        {
            yield break;
        }

        yield return "GOOS=" + target.Os;
        yield return "GOARCH=" + target.Architecture;
        if (target is { Architecture: "arm", Variant: { } arm })
        {
            yield return "GOARM=" + arm.TrimStart('v');
        }
        else if (target is { Architecture: "amd64", Variant: { } amd64 })
        {
            yield return "GOAMD64=" + amd64;
        }
    }

    private IEnumerable<string> OwnFlags()
    {
        if (Version.IsAtLeast(13))
        {
            yield return "-trimpath";
        }

        if (Version.IsAtLeast(18))
        {
            yield return "-buildvcs=false";
        }

        // The program brings its time zones along: an empty base has none. With cgo, name and user lookup must not need the C library's
        // plug-ins.
        string[] tags =
        [
            "timetzdata",
            .. Module.CgoEnabled ? (string[])["netgo", "osusergo"] : [],
            .. UserFlags().Where(flag => flag.IsTags).Select(flag => flag.Text),
        ];
        yield return "-tags";
        yield return string.Join(',', tags);
        yield return "-ldflags";
        yield return (Module.LdFlags ?? "-s -w -buildid=") + (Module.CgoEnabled ? " -linkmode external -extldflags \"-static\"" : "");
    }

    /// <summary>The project's own flags; the value of -tags apart, for a second -tags would replace ours.</summary>
    private IEnumerable<(string Text, bool IsTags)> UserFlags()
    {
        var words = SplitFlags(Module.BuildFlags ?? "");
        for (var i = 0; i < words.Length; i++)
        {
            var name = words[i].Split('=', 2)[0].TrimStart('-');
            if (!words[i].StartsWith('-') || name != "tags")
            {
                yield return (words[i], false);
            }
            else if (words[i].Split('=', 2) is [_, var value])
            {
                yield return (value.Replace(' ', ','), true);
            }
            else if (i + 1 < words.Length)
            {
                yield return (words[++i].Replace(' ', ','), true);
            }
        }
    }

    /// <summary>Blanks separate, quotes hold together; a dollar sign has no meaning.</summary>
    private ImmutableArray<string> SplitFlags(string flags)
    {
        try
        {
            return new WordExpander().ExpandWords(
                flags.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("$", @"\$", StringComparison.Ordinal),
                ImmutableDictionary<string, string>.Empty,
                Project);
        }
        catch (BuildFailedException malformed)
        {
            throw new BuildFailedException(ProjectDiagnostics.GoFlagsInvalid("GoBuildFlags", flags, Project), malformed);
        }
    }
}
