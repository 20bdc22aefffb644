using System.Text.Json;
using ContainerStages.SandboxDriver;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

// sandbox-init SPECIFICATION   the sandbox's first process
// run                          a scenario on standard input, its result on standard output
if (args is [SandboxInit.Verb, var specification])
{
    return SandboxInit.Run(specification);
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
