using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>Versions that are counted in git: real repositories, packages and builders.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class GitVersionTests(TestContext context)
{
    private const string Program = """
        using System.Reflection;
        System.Console.WriteLine(Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
        """;

    [TestMethod]
    public async Task A_package_that_counts_versions_sees_tags_in_a_worktree_and_an_unchanged_commit_is_cached()
    {
        RequireRegistry();
        using var project = await UserProject.CreateAsync(context);
        project.Write("main/service/app/counted.csproj", """
            <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
              <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><MinVerTagPrefix>v</MinVerTagPrefix><PublishRepositoryUrl>true</PublishRepositoryUrl></PropertyGroup>
              <ItemGroup><PackageReference Include="MinVer" Version="8.0.0" PrivateAssets="all" /></ItemGroup>
            </Project>
            """);
        project.Write("main/service/app/Program.cs", Program);
        project.Write("nuget.config", project.Read("nuget.config").Replace(
            "</packageSources>",
            """<add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>""",
            StringComparison.Ordinal));
        await CommitAsync(project, "main");
        await GitAsync(project, "main", "remote add origin https://user:t0ken-of-the-remote@example.com/acme/app.git");
        await GitAsync(project, "main", "tag v1.2.3");
        await GitAsync(project, "main", "worktree add -q ../tree -b side");
        var commit = (await GitAsync(project, "tree", "rev-parse HEAD")).Trim();

        var first = await PublishAsync(project);
        Assert.AreEqual($"1.2.3+{commit}\n", (await project.StagesAsync("run", "counted")).ShouldSucceed().Output);
        var labels = (await project.StagesAsync("inspect", "counted")).ShouldSucceed().Output;
        Assert.Contains($"\"org.opencontainers.image.revision\": \"{commit}\"", labels);
        Assert.Contains("\"org.opencontainers.image.version\": \"1.2.3\"", labels);
        Assert.Contains("\"org.opencontainers.image.source\": \"https://example.com/acme/app\"", labels);
        Assert.AreEqual(
            "",
            await TextSearch.FilesWithAsync("t0ken-of-the-remote", [project.Store, project.Full("tree")], project.Full("nuget.config")));

        Assert.Contains("up to date", (await PublishAsync(project)).Output);

        await GitAsync(project, "main", "tag v2.0.0");
        var tagged = await PublishAsync(project);
        Assert.AreEqual($"2.0.0+{commit}\n", (await project.StagesAsync("run", "counted")).ShouldSucceed().Output);
        Assert.Contains("RUN dotnet restore service/app/counted.csproj done", first.Output);
        Assert.Contains("RUN dotnet restore service/app/counted.csproj cached", tagged.Output);
    }

    [TestMethod]
    public async Task Without_packages_the_commit_is_in_the_program()
    {
        RequireRegistry();
        using var project = await UserProject.CreateAsync(context);
        project.Write("repo/committed.csproj", """
            <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0"><PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>
            """);
        project.Write("repo/Program.cs", Program);
        await CommitAsync(project, "repo");

        (await project.DotnetAsync("publish", "repo", "-p:PublishContainer=true")).ShouldSucceed();

        Assert.AreEqual(
            $"1.0.0+{await GitAsync(project, "repo", "rev-parse HEAD")}",
            (await project.StagesAsync("run", "committed")).ShouldSucceed().Output);
    }

    private static async Task<CommandResult> PublishAsync(UserProject project) =>
        (await project.DotnetAsync("publish", "tree/service/app", "-v:n", "-p:PublishContainer=true")).ShouldSucceed();

    private static async Task CommitAsync(UserProject project, string folder)
    {
        project.Write($"{folder}/.gitignore", "bin\nobj\ncontainerstages.lock.json\n");
        await GitAsync(project, folder, "init -q -b main");
        await GitAsync(project, folder, "add .");
        await GitAsync(project, folder, "-c user.name=a -c user.email=a@example.com commit -q -m one");
    }

    private static async Task<string> GitAsync(UserProject project, string folder, string arguments) =>
        (await project.RunAsync("git", ["-C", project.Full(folder), .. arguments.Split(' ')])).ShouldSucceed().Output;

    private static void RequireRegistry()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }
    }
}
