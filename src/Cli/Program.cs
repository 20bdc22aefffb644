using ContainerStages.Cli;
using ContainerStages.Cli.Verbs;
using ContainerStages.Sandboxing;

// The sandbox's first process: nothing else of the program is needed, and every millisecond here is paid by each RUN.
if (args is ["sandbox-init", var specification])
{
    return SandboxInit.Run(specification);
}

return await VerbTable.RunAsync(args);
