using System.Collections.Immutable;
using System.Security;
using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>Stages to the text of a project file whose build gives the same image.</summary>
public sealed class ProjectWriter
{
    private readonly StageSet set;
    private readonly ImmutableArray<string> names;
    private readonly ImmutableSortedDictionary<string, string> buildArguments;

    private ProjectWriter(StageSet set)
    {
        this.set = set;
        names = Names(set);
        buildArguments = BuildArguments(set);
    }

    /// <param name="set">What a Dockerfile says.</param>
    /// <param name="file">The Dockerfile, for messages.</param>
    /// <param name="sdkVersion">The version of the SDK that the project names.</param>
    /// <exception cref="BuildFailedException">The file uses an escape character that a project cannot have.</exception>
    public static string Write(StageSet set, string file, string sdkVersion)
    {
        if (set.Escape != WordExpander.DefaultEscape && !set.Stages.SelectMany(stage => stage.Instructions).All(MeansTheSame))
        {
            throw new BuildFailedException(DockerfileDiagnostics.EscapeInProject(set.Escape, new SourceLocation(file)));
        }

        return new ProjectWriter(set).Write(sdkVersion);
    }

    private string Write(string sdkVersion)
    {
        var text = new StringBuilder($"<Project Sdk=\"ContainerStages.Sdk/{sdkVersion}\">\n  <ItemGroup>\n");
        foreach (var (name, value) in buildArguments)
        {
            text.Append($"    <ContainerStageBuildArg Include=\"{Protect(name)}\" Value=\"{Protect(value)}\" />\n");
        }

        foreach (var stage in set.Stages)
        {
            var platform = stage.Platform is { } value ? $" Platform=\"{Protect(value)}\"" : "";
            var steps = DockerfileWriter.WriteSteps([.. stage.Instructions.Select(WithDefaults)]);
            text.Append($"    <ContainerStage Include=\"{Protect(names[stage.Index])}\" From=\"{Protect(From(stage))}\"{platform}>\n");
            text.Append(steps.Length == 0 ? "" : $"      <Steps>\n{Protect(steps)}      </Steps>\n").Append("    </ContainerStage>\n");
        }

        return text.Append("  </ItemGroup>\n</Project>\n").ToString();
    }

    /// <summary>
    /// Names are unique in a project. Of several the last keeps it, because COPY --from means that; FROM is written anew.
    /// </summary>
    private static ImmutableArray<string> Names(StageSet set)
    {
        var taken = set.Stages.Select(stage => stage.Name).OfType<string>().ToHashSet(StageNames.Comparer);
        return [.. set.Stages.Select(stage => stage.Name is { } name
            && !set.Stages.Skip(stage.Index + 1).Any(other => StageNames.Comparer.Equals(other.Name, name))
            ? name
            : Unique(stage.Name is null ? $"stage-{stage.Index}" : $"{stage.Name}-{stage.Index}", taken))];
    }

    private static string Unique(string wanted, HashSet<string> taken)
    {
        var name = wanted;
        for (var number = 2; !taken.Add(name); number++)
        {
            name = $"{wanted}-{number}";
        }

        return name;
    }

    /// <summary>
    /// A stage above of that name, the nearest; else an image, which a tag distinguishes from a stage below of that name.
    /// </summary>
    private string From(Stage stage)
    {
        if (set.Stages.Take(stage.Index).LastOrDefault(other => StageNames.Comparer.Equals(other.Name, stage.From)) is { } above)
        {
            return names[above.Index];
        }

        var isNameOfOther = set.Stages
            .Any(other => other.Index != stage.Index && StageNames.Comparer.Equals(names[other.Index], stage.From));
        return isNameOfOther && stage.From != StageNames.Scratch ? $"{stage.From}:latest" : stage.From;
    }

    /// <summary>
    /// A project has no arguments before its stages. Those that a stage takes are its build arguments, except where a stage has a default
    /// of its own, which a build argument would replace.
    /// </summary>
    private static ImmutableSortedDictionary<string, string> BuildArguments(StageSet set)
    {
        var declared = set.Stages
            .SelectMany(stage => stage.Instructions)
            .OfType<ArgInstruction>()
            .SelectMany(arg => arg.Arguments)
            .ToLookup(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
        return set.GlobalArguments
            .Where(global => global.Value is not null
                && !PlatformArguments.IsPredefined(global.Key)
                && declared.Contains(global.Key)
                && declared[global.Key].All(value => value is null))
            .ToImmutableSortedDictionary(global => global.Key, global => global.Value!, StringComparer.Ordinal);
    }

    private Instruction WithDefaults(Instruction instruction) => instruction is not ArgInstruction arg ? instruction : arg with
    {
        Arguments = [.. arg.Arguments.Select(pair =>
            pair.Value is null
                && !PlatformArguments.IsPredefined(pair.Name)
                && !buildArguments.ContainsKey(pair.Name)
                && set.GlobalArguments.GetValueOrDefault(pair.Name) is { } value
                ? pair with { Value = new WordExpander().Protect(value) }
                : pair)],
    };

    /// <summary>
    /// True where another escape character changes nothing: commands are for the shell, and elsewhere neither of the two stands.
    /// </summary>
    private static bool MeansTheSame(Instruction instruction) => instruction switch
    {
        RunInstruction { Mounts.IsEmpty: true, Command: not HeredocForm } or CmdInstruction or EntrypointInstruction =>
            !instruction.Text.EndsWith(WordExpander.DefaultEscape),
        _ => (instruction.Text + InstructionText.Bodies(instruction)).AsSpan().IndexOfAny('`', WordExpander.DefaultEscape) < 0,
    };

    /// <summary>MSBuild expands <c>$(</c>, <c>@(</c> and <c>%(</c>, and reads <c>%</c> with two digits as a character.</summary>
    private static string Protect(string text) => SecurityElement.Escape(text
        .Replace("%", "%25", StringComparison.Ordinal)
        .Replace("$(", "%24(", StringComparison.Ordinal)
        .Replace("@(", "%40(", StringComparison.Ordinal));
}
