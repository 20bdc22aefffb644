using System.Buffers;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Build checks of the instructions in a stage.</summary>
internal static class StageChecks
{
    private static readonly SearchValues<char> NoPath = SearchValues.Create("*?[$<:");

    public static IEnumerable<Diagnostic> Run(CheckedFile file) => file.Set.Stages.SelectMany(stage => Run(file, stage));

    private static IEnumerable<Diagnostic> Run(CheckedFile file, Stage stage) =>
    [
        .. ShellForms(file, stage), .. RelativeFolders(file, stage), .. Repeated(stage), .. stage.Instructions
            .SelectMany(Secrets), .. stage.Instructions
            .SelectMany(Ports),
        .. stage.Instructions.SelectMany(instruction => IgnoredFiles(file, instruction)),
    ];

    private static IEnumerable<Diagnostic> ShellForms(CheckedFile file, Stage stage)
    {
        var hasShell = file.WithBases(stage).SkipLast(1).SelectMany(below => below.Instructions).OfType<ShellInstruction>().Any();
        foreach (var instruction in stage.Instructions)
        {
            hasShell |= instruction is ShellInstruction;
            if (!hasShell && instruction is (CmdInstruction { Command: ShellForm } or EntrypointInstruction { Command: ShellForm }))
            {
                var keyword = instruction is CmdInstruction ? "CMD" : "ENTRYPOINT";
                yield return BuildChecks.JsonArgsRecommended.Warn(
                    $"JSON arguments recommended for {keyword} to prevent unintended behavior related to OS signals",
                    instruction.Location);
            }
        }
    }

    private static IEnumerable<Diagnostic> RelativeFolders(CheckedFile file, Stage stage)
    {
        var isSet = file.WithBases(stage).SkipLast(1).SelectMany(below => below.Instructions).OfType<WorkdirInstruction>().Any();
        foreach (var workdir in stage.Instructions.OfType<WorkdirInstruction>())
        {
            if (!isSet && !workdir.Path.TrimStart('"', '\'').StartsWith('/') && !workdir.Path.Contains('$', StringComparison.Ordinal))
            {
                yield return BuildChecks.WorkdirRelativePath.Warn(
                    $"Relative workdir \"{workdir.Path}\" can have unexpected results if the base image changes",
                    workdir.Location);
            }

            isSet = true;
        }
    }

    /// <summary>The earlier one is warned about: it is the one without effect.</summary>
    private static IEnumerable<Diagnostic> Repeated(Stage stage) => stage.Instructions
        .Select(
            instruction => (Keyword: instruction switch
            {
                CmdInstruction => "CMD",
                EntrypointInstruction => "ENTRYPOINT",
                HealthcheckInstruction => "HEALTHCHECK",
                _ => null,
            }, instruction.Location))
        .Where(found => found.Keyword is not null)
        .GroupBy(found => found.Keyword, StringComparer.Ordinal)
        .SelectMany(group => group.SkipLast(1))
        .Select(
            found => BuildChecks.MultipleInstructionsDisallowed.Warn(
                $"Multiple {found.Keyword} instructions should not be used in the same stage because only the last one will be used",
                found.Location));

    private static IEnumerable<Diagnostic> Secrets(Instruction instruction)
    {
        var (keyword, pairs) = instruction switch
        {
            ArgInstruction arg => ("ARG", arg.Arguments),
            EnvInstruction env => ("ENV", env.Variables),
            _ => ("", []),
        };
        return pairs.Where(pair => SecretNames.IsSecret(pair.Name))
            .Select(pair => BuildChecks.SecretsUsedInArgOrEnv.Warn(
                $"Do not use ARG or ENV instructions for sensitive data ({keyword} \"{pair.Name}\")", instruction.Location));
    }

    /// <summary>What holds a variable is checked when that has its value.</summary>
    private static IEnumerable<Diagnostic> Ports(Instruction instruction) => instruction is ExposeInstruction expose
        ? expose.Ports
            .Where(port => !port.Contains('$', StringComparison.Ordinal))
            .SelectMany(port => PortChecks.Run(port, expose.Location))
        : [];

    private static IEnumerable<Diagnostic> IgnoredFiles(CheckedFile file, Instruction instruction)
    {
        var (keyword, sources) = instruction switch
        {
            CopyInstruction { From: null } copy => ("Copy", copy.Sources),
            AddInstruction add => ("Add", add.Sources),
            _ => ("", []),
        };
        return sources.Where(
            source => IsPath(source) && file.Options.Ignore is { } ignore && ignore.ExcludesTree(source.TrimStart('.').Trim('/')))
            .Select(source => BuildChecks.CopyIgnoredFile.Warn(
                $"Attempting to {keyword} file \"{source}\" that is excluded by .dockerignore", instruction.Location));
    }

    /// <summary>A name in the context: no address, here-document, pattern or variable, and not the context itself.</summary>
    private static bool IsPath(string source) => source.AsSpan().IndexOfAny(NoPath) < 0 && source.Trim('.', '/').Length > 0;
}
