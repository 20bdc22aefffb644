using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Stages;

/// <summary>Lets every command of a build see what a project takes from this machine.</summary>
internal static class MachineMounts
{
    public static StageSet Add(StageSet set, MachineAccess access)
    {
        ImmutableArray<RunMount> mounts =
        [
            .. access.Files.Select(file => new MachineMount(file.Target, file.Source)),
            .. access.Secrets
                .Select(secret => new MachineSecretMount(secret.Target, secret.EngineVariable, secret.Variable, secret.Masked)),
        ];
        return mounts.IsEmpty
            ? set
            : set with
            {
                Stages = [.. set.Stages.Select(
                    stage => stage with { Instructions = [.. stage.Instructions.Select(instruction => Add(instruction, mounts))] })],
            };
    }

    private static Instruction Add(Instruction instruction, ImmutableArray<RunMount> mounts) => instruction is RunInstruction run
        ? run with { Mounts =
            run.Mounts.AddRange(mounts.Where(mount => mount.Target is null || run.Mounts.All(other => other.Target != mount.Target))) }
        : instruction;
}
