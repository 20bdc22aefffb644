using System.Text.Json;
using ContainerStages.Diagnostics;
using ContainerStages.SandboxDriver;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

// sandbox-init SPECIFICATION   the sandbox's first process
// fail                         a failure on a thread that nobody waits for
// run                          a scenario on standard input, its result on standard output
if (args is [SandboxInit.Verb, var specification])
{
    return SandboxInit.Run(specification);
}

if (args is ["fail"])
{
    LastResort.Install(Console.Error.WriteLine, exitCode: 7);
    new Thread(() => throw new InvalidOperationException("Nobody\nexpected this.")).Start();
    Thread.Sleep(Timeout.Infinite);
}

var input = new MemoryStream();
using (var standardInput = Console.OpenStandardInput())
{
    standardInput.CopyTo(input);
}

if (UserNamespace.IsNeeded)
{
    UserNamespace.ReExecute(args, input.ToArray());
}

var scenario = JsonSerializer.Deserialize(input.ToArray(), SandboxJson.Default.SandboxScenario)!;
var result = await ScenarioRun.RunAsync(scenario);
Console.WriteLine(JsonSerializer.Serialize(result, SandboxJson.Default.SandboxResult));
return 0;
