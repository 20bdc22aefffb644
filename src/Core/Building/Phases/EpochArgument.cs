using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Stages;

namespace ContainerStages.Building;

/// <summary>Settings of a build that are build arguments too. Source: BuildKit, docs/build-repro.md.</summary>
internal static class EpochArgument
{
    /// <summary>
    /// SOURCE_DATE_EPOCH sets the times of the image; one of the environment reaches <c>ARG SOURCE_DATE_EPOCH</c>. The build argument wins.
    /// </summary>
    /// <exception cref="Diagnostics.BuildFailedException">The argument is no number of seconds.</exception>
    public static BuildDefinition Apply(BuildDefinition definition)
    {
        if (definition.Source.BuildArgs.ContainsKey(BuildKitArguments.SourceDateEpoch))
        {
            return definition with
            {
                Form = definition.Form with { SourceDateEpoch = new BuildKitArguments(definition.Source.BuildArgs).ReadEpoch() },
            };
        }

        if (definition.Form.SourceDateEpoch is not { } seconds)
        {
            return definition;
        }

        var arguments = definition.Source.BuildArgs.ToDictionary(StringComparer.Ordinal);
        arguments[BuildKitArguments.SourceDateEpoch] = seconds.ToString(CultureInfo.InvariantCulture);
        return definition with { Source = definition.Source with { BuildArgs = arguments } };
    }
}
