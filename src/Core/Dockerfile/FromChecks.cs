using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Build checks of FROM: names of stages, arguments, platforms.</summary>
internal static class FromChecks
{
    public static IEnumerable<Diagnostic> Run(CheckedFile file)
    {
        var globals = file.Set.GlobalArguments
            .Where(argument => argument.Value is not null).ToImmutableDictionary(
                argument => argument.Key,
                argument => argument.Value!,
                StringComparer.Ordinal);
        return
        [
            .. Names(file),
            .. file.Stages.SelectMany(stage => Arguments(file, stage, globals)),
            .. file.Stages.SelectMany(stage => Platforms(file, stage, globals)),
            .. Defaults(file),
        ];
    }

    private static IEnumerable<Diagnostic> Names(CheckedFile file)
    {
        var seen = new HashSet<string>(StageNames.Comparer);
        foreach (var stage in file.Stages.Where(stage => stage.Stage.Name is not null))
        {
            var name = stage.Stage.Name!.ToLowerInvariant();
            if (StageNames.IsReserved(name))
            {
                yield return BuildChecks.ReservedStageName.Warn(
                    $"Stage name should not use the same name as reserved stage \"{name}\"",
                    stage.Line.Location);
            }

            if (!seen.Add(name))
            {
                yield return BuildChecks.DuplicateStageName.Warn(
                    $"Duplicate stage name \"{name}\", stage names should be unique",
                    stage.Line.Location);
            }
        }
    }

    private static IEnumerable<Diagnostic> Arguments(CheckedFile file, CheckedStage stage, ImmutableDictionary<string, string> globals)
    {
        string?[] words = [stage.From.Image.Text, stage.From.Platform?.Value];
        var unset = words
            .OfType<string>()
            .SelectMany(word => file.Expand(word, globals, stage.From.Location)?.Unset ?? [])
            .Where(name => !file.Set.GlobalArguments.ContainsKey(name));
        return unset.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(name =>
            BuildChecks.UndefinedArgInFrom.Warn(
                $"FROM argument '{name}' is not declared" +
                $"{(NearestName.Find(name, file.Set.GlobalArguments.Keys) is { } nearest ? $" (did you mean {nearest}?)" : "")}",
                stage.From.Location));
    }

    private static IEnumerable<Diagnostic> Platforms(CheckedFile file, CheckedStage stage, ImmutableDictionary<string, string> globals)
    {
        if (stage.From.Platform?.Value is not { } written)
        {
            yield break;
        }

        if (written is "$TARGETPLATFORM" or "${TARGETPLATFORM}")
        {
            yield return BuildChecks.RedundantTargetPlatform.Warn(
                "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
                stage.From.Location);
        }

        var isConstant = !written.Contains('$', StringComparison.Ordinal);
        var name = stage.Stage.Name ?? "";
        if (isConstant
            && Platform.TryParse(written) is { } platform
            && !name.Contains(platform.Os, StringComparison.OrdinalIgnoreCase)
            && !name.Contains(platform.Architecture, StringComparison.OrdinalIgnoreCase))
        {
            yield return BuildChecks.FromPlatformFlagConstDisallowed.Warn(
                $"FROM --platform flag should not use constant value \"{written}\"",
                stage.From.Location);
        }
    }

    /// <summary>As if no build argument were given: would FROM still name an image?</summary>
    private static IEnumerable<Diagnostic> Defaults(CheckedFile file)
    {
        var options = file.Options with { BuildArgs = ImmutableDictionary<string, string>.Empty };
        var stages = new StageCollector(options, file.Words, []).Collect(file.Read.Instructions).Stages;
        return file.Stages.Zip(stages).Where(pair => ImageReference.TryParseSource(pair.Second.From) is null
            && pair.First.From.Image.Text.Contains('$', StringComparison.Ordinal))
            .Select(
                pair => BuildChecks.InvalidDefaultArgInFrom.Warn(
                    $"Default value for ARG {pair.First.From.Image.Text} results in empty or invalid base image name",
                    pair.First.From.Location));
    }
}
