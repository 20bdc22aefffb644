using System.Text.RegularExpressions;
using ContainerStages.Stages;

namespace ContainerStages.TestKit.Dockerfiles;

/// <summary>What stages say, without where and in which words it was written.</summary>
public static partial class StageMeaning
{
    public static string Of(StageSet set) => Range().Replace(
        StageDump.Of(
            set with
            {
                Stages =
                    [.. set.Stages.Select(
                        stage => stage with { Instructions =
                            [.. stage.Instructions.Select(instruction => instruction with { Text = instruction.GetType().Name })] })],
            }),
        "");

    [GeneratedRegex(" ?\\[[0-9]+:[0-9]+-[0-9]+:[0-9]+\\]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Range();
}
