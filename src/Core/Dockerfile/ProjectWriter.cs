using System.Security;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Stages to the text of a project file whose build gives the same image.</summary>
public static class ProjectWriter
{
    /// <param name="set">What a Dockerfile says.</param>
    /// <param name="file">The Dockerfile, for messages.</param>
    /// <param name="sdkVersion">The version of the SDK that the project names.</param>
    /// <exception cref="BuildFailedException">The file has an escape character that a project cannot have.</exception>
    public static string Write(StageSet set, string file, string sdkVersion)
    {
        if (set.Escape != WordExpander.DefaultEscape)
        {
            throw new BuildFailedException(DockerfileDiagnostics.EscapeInProject(set.Escape, new SourceLocation(file)));
        }

        var text = new StringBuilder($"<Project Sdk=\"ContainerStages.Sdk/{sdkVersion}\">\n  <ItemGroup>\n");
        foreach (var stage in set.Stages)
        {
            var platform = stage.Platform is { } value ? $" Platform=\"{Protect(value)}\"" : "";
            var steps = DockerfileWriter.WriteSteps([.. stage.Instructions.Select(instruction => WithDefaults(instruction, set))]);
            text.Append($"    <ContainerStage Include=\"{Protect(stage.DisplayName)}\" From=\"{Protect(stage.From)}\"{platform}>\n");
            text.Append(steps.Length == 0 ? "" : $"      <Steps>\n{Protect(steps)}      </Steps>\n").Append("    </ContainerStage>\n");
        }

        return text.Append("  </ItemGroup>\n</Project>\n").ToString();
    }

    /// <summary>A project has no arguments before its stages: the stages that take one get its value as their default.</summary>
    private static Instruction WithDefaults(Instruction instruction, StageSet set) => instruction is not ArgInstruction arg ? instruction : arg with
    {
        Arguments = [.. arg.Arguments.Select(pair => pair.Value is null && !PlatformArguments.IsPredefined(pair.Name) && set.GlobalArguments.GetValueOrDefault(pair.Name) is { } value
            ? pair with { Value = new WordExpander().Protect(value) }
            : pair)],
    };

    /// <summary>MSBuild expands <c>$(</c>, <c>@(</c> and <c>%(</c>, and reads <c>%</c> with two digits as a character.</summary>
    private static string Protect(string text) => SecurityElement.Escape(text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("$(", "%24(", StringComparison.Ordinal)
        .Replace("@(", "%40(", StringComparison.Ordinal));
}
