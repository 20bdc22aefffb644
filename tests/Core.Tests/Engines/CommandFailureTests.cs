using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class CommandFailureTests
{
    [TestMethod]
    [DataRow(1, false, "RUN x failed with exit code 1. It wrote nothing.")]
    [DataRow(137, false, "RUN x failed with exit code 137 (SIGKILL). It wrote nothing.")]
    [DataRow(152, false, "RUN x failed with exit code 152 (SIGXCPU: the limit of processor time). It wrote nothing.")]
    [DataRow(
        137, true, "RUN x failed with exit code 137 (SIGKILL). Memory ran out meanwhile, and the kernel ended a process: give the build " +
            "more, or let the command use less. It wrote nothing.")]
    public void A_signal_and_a_lack_of_memory_are_named(int exitCode, bool outOfMemory, string expected) =>
        Assert.AreEqual(expected, StepDiagnostics.CommandFailed("RUN x", exitCode, [], default(SourceLocation), outOfMemory).Message);

    [TestMethod]
    public void Colours_of_the_last_lines_are_not_in_the_message() =>
        Assert.Contains("| red", StepDiagnostics.CommandFailed("RUN x", 1, ["\e[31mred\e[0m"], default(SourceLocation)).Message);

    [TestMethod]
    [DataRow("pgfault 3\noom_kill 17\nnuma 1", 17L)]
    [DataRow("pgfault 3", 0L, DisplayName = "A kernel that does not count them")]
    public void Processes_that_the_kernel_ended_are_counted(string statistics, long expected) =>
        Assert.AreEqual(expected, MemoryShortage.EndedProcesses(statistics.Split('\n')));
}
