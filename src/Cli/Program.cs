using ContainerStages.Cli;
using ContainerStages.Cli.Progress;
using ContainerStages.Cli.Verbs;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;
using ContainerStages.Sandboxing;

// The sandbox's first process: nothing else of the program is needed, and every millisecond here is paid by each RUN.
if (args is ["sandbox-init", var specification])
{
    return SandboxInit.Run(specification);
}

StandardDescriptors.Open();
GuardedWriter.Install();
LastResort.Install(
    args is ["execute", ..]
        ? diagnostic => new JsonProgress(Console.OpenStandardOutput()).Report(new DiagnosticReported(diagnostic))
        : VerbTable.Warn,
    EngineExitCode.Failed);
return await VerbTable.RunAsync(args);
