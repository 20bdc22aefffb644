using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Stages;

/// <summary>What a project says of its image's configuration, as the instructions that a Dockerfile would say it with.</summary>
internal static class ImageSettings
{
    private static readonly WordExpander Words = new();

    /// <summary>
    /// Values are literal: a <c>$</c> in them is a dollar sign. In a fixed order, so that the same settings give the same image.
    /// </summary>
    public static ImmutableArray<Instruction> ToInstructions(ProjectImageConfig config, SourceLocation location)
    {
        var instructions = ImmutableArray.CreateBuilder<Instruction>();
        instructions.AddRange(config.Environment.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
            new EnvInstruction(
                location,
                $"ENV {Words.Protect(pair.Key)}={Words.Protect(pair.Value)}",
                [new NameValue(Words.Protect(pair.Key), Words.Protect(pair.Value))])));
        if (config.WorkingDirectory is { } directory)
        {
            instructions.Add(new WorkdirInstruction(location, $"WORKDIR {Words.Protect(directory)}", Words.Protect(directory)));
        }

        if (config.Ports.Count > 0)
        {
            instructions.Add(
                new ExposeInstruction(location, $"EXPOSE {string.Join(' ', config.Ports)}", [.. config.Ports.Select(Words.Protect)]));
        }

        if (config.User is { } user)
        {
            instructions.Add(new UserInstruction(location, $"USER {Words.Protect(user)}", Words.Protect(user)));
        }

        if (config.Entrypoint is { } entrypoint)
        {
            instructions.Add(
                new EntrypointInstruction(location, $"ENTRYPOINT {JsonWords.Write(entrypoint)}", new ExecForm([.. entrypoint])));
        }

        if (config.Cmd is { } cmd)
        {
            instructions.Add(new CmdInstruction(location, $"CMD {JsonWords.Write(cmd)}", new ExecForm([.. cmd])));
        }

        return instructions.ToImmutable();
    }

    /// <summary>A copy from a stage or image, its paths literal but for wildcards.</summary>
    public static CopyInstruction Copy(
        SourceLocation location,
        string from,
        string source,
        string destination,
        string? chown = null,
        string? chmod = null)
    {
        string[] paths = [Words.Protect(source), Words.Protect(destination)];
        var isPlain = paths.All(path => path.Length > 0 && path[0] != '[' && path.AsSpan().IndexOfAny(" \t\"'\\") < 0);
        var flags = $"--from={from}{(chown is null ? "" : $" --chown={chown}")}{(chmod is null ? "" : $" --chmod={chmod}")}";
        return new CopyInstruction(
            location,
            $"COPY {flags} {(isPlain ? string.Join(' ', paths) : JsonWords.Write(paths))}",
            [paths[0]],
            paths[1],
            from,
            chown is null ? null : Words.Protect(chown),
            chmod is null ? null : Words.Protect(chmod));
    }
}
