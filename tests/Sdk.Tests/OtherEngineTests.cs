using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>A project whose commands another engine runs: the image is the one that the embedded engine makes.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class OtherEngineTests(TestContext context)
{
    private const string App = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <UseAppHost>false</UseAppHost>
            <ContainerBaseImage>alpine</ContainerBaseImage>
          </PropertyGroup>
          <ItemGroup>
            <ContainerStage Include="one" From="alpine" Steps="COPY Program.cs /&#10;RUN wc -l &lt; /Program.cs > /made" />
            <ContainerStageArtifact Include="/made" From="one" Destination="/app/made" />
          </ItemGroup>
        </Project>
        """;

    private const string Plain = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
          </PropertyGroup>
        </Project>
        """;

    [TestMethod]
    public async Task A_project_is_published_with_one_digest_whoever_runs_its_commands()
    {
        await using var engine = await RealEngine.StartAsync("docker");
        using var docker = new WatchedEngine(engine);
        using var project = await UserProject.CreateAsync(context);
        project.Write("app.csproj", App);
        project.Write("Program.cs", "System.Console.WriteLine();\n");
        var variables = new Dictionary<string, string>(docker.Variables, StringComparer.Ordinal)
        {
            ["CONTAINERSTAGES_STORE"] = project.Full("store"),
        };

        (await project.DotnetAsync(variables, "publish", "-t:PublishContainer", "-p:ContainerStagesEngine=docker")).ShouldSucceed();
        var made = Digest(project);
        Assert.Contains("docker build ", docker.TakeCalls());
        variables["CONTAINERSTAGES_STORE"] = project.Full("other");
        (await project.DotnetAsync(variables, "publish", "-t:PublishContainer", "--no-restore")).ShouldSucceed();
        Assert.AreEqual(Digest(project), made);
        Assert.AreEqual("", docker.TakeCalls());
    }

    [TestMethod]
    public async Task A_project_without_stages_has_one_digest_whoever_compiles_it()
    {
        await using var ways = await EngineWays.StartAsync();
        using var project = await UserProject.CreateAsync(context);
        using var stores = new TempFolder();
        File.SetUnixFileMode(stores.Path, (UnixFileMode)0x3FF);
        project.Write("app.csproj", Plain);
        project.Write("Program.cs", "System.Console.WriteLine();\n");
        var digests = new List<string>();
        foreach (var way in ways.All)
        {
            var variables = new Dictionary<string, string>(way.Variables, StringComparer.Ordinal)
            {
                ["CONTAINERSTAGES_STORE"] = stores.Combine(way.Name),
            };
            if (way.Account != Account.Own)
            {
                await RealTool.RunAsync("chmod", "--recursive", "a+rwX", project.Folder);
                variables["HOME"] = stores.Path;
            }

            string[] publish = [.. way.Account.Become(), "dotnet", "publish", "-t:PublishContainer", .. way.Properties];
            (await project.RunAsync(publish[0], variables, publish[1..])).ShouldSucceed();
            digests.Add($"{way.Name} {Digest(project)}");
        }

        Assert.HasCount(1, digests.Select(line => line.Split(' ')[1]).Distinct(StringComparer.Ordinal), string.Join('\n', digests));
    }

    private static string Digest(UserProject project)
    {
        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        return result.RootElement.GetProperty("manifestDigest").GetString()!;
    }
}
