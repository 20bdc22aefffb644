using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// .NET projects without stages: real publishes in a builder stage and on this machine, on stand-ins for Microsoft's images.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class DotNetProjectTests(TestContext context)
{
    private const string Secret = "s3cr3t-feed-password-0815";

    private const string Project = """
        <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
          <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
          <ItemGroup><ProjectReference Include="../lib/lib.csproj" /></ItemGroup>
        </Project>
        """;

    private static readonly Dictionary<string, string> NoVariables = new(StringComparer.Ordinal);

    private const string Library = """
        <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>
        """;

    [TestMethod]
    public async Task A_changed_source_restores_nothing_and_changes_only_the_layer_of_the_application()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        // A project of its own: the other tests restore theirs into the same store at the same time.
        project.Write(
            "app/app.csproj",
            Project.Replace("<OutputType>", $"<Product>{NameOf(project)}</Product><OutputType>", StringComparison.Ordinal));
        var first = (await PublishAsync(project)).ShouldSucceed();
        var layers = Layers(project);
        Assert.AreEqual("Hello from lib: 1\n", (await project.StagesAsync("run", NameOf(project))).ShouldSucceed().Output);
        Assert.IsFalse(Directory.Exists(project.Full("app/bin")), "Something was compiled on this machine.");

        project.Write("app/Program.cs", Program("2"));
        var second = (await PublishAsync(project)).ShouldSucceed();

        Assert.Contains("RUN dotnet restore app/app.csproj done", first.Output);
        Assert.Contains("RUN dotnet restore app/app.csproj cached", second.Output);
        Assert.AreEqual("Hello from lib: 2\n", (await project.StagesAsync("run", NameOf(project))).ShouldSucceed().Output);
        var changed = Layers(project);
        Assert.HasCount(layers.Count, changed);
        var (digest, size) = changed.Except(layers).Single();
        Assert.AreEqual(changed[^1].Digest, digest);
        Assert.IsLessThan(100_000, size);
    }

    [TestMethod]
    [DataRow("-t:PublishContainer")]
    [DataRow("-p:PublishProfile=DefaultContainer")]
    public async Task However_it_is_asked_for_nothing_is_compiled_on_this_machine(string asked)
    {
        RequireRegistry();
        using var project = await CreateAsync();

        // Its own log and what it prints grow while the builder's sources are read.
        var published =
            (await project.RunAsync("sh", [
                "-c",
                $"dotnet publish app {asked} -bl:app/log.binlog -v:n > app/output.txt; status=$?; cat app/output.txt; exit $status",
            ]))
                .ShouldSucceed();

        Assert.IsEmpty(published.Diagnostics);
        Assert.HasCount(1, published.ResultLines);
        Assert.IsFalse(Directory.Exists(project.Full("app/bin")), "Something was compiled on this machine.");
    }

    [TestMethod]
    public async Task A_compile_error_in_the_builder_stands_on_this_machines_file_and_line()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        project.Write("lib/Greeting.cs", "public static class Greeting\n{\n    public static string Text => undefined1;\n}\n");

        var published = (await PublishAsync(project)).ShouldFail();

        Assert.Contains("Greeting.cs(3,34): error CS0103", published.Diagnostics);
        Assert.Contains(project.Full("lib/Greeting.cs"), published.Output);
    }

    [TestMethod]
    public async Task Published_here_the_image_is_that_of_the_sdks_own_publishing()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        project.Write("plain/app.csproj", Project.Replace(";ContainerStages.Sdk/0.1.0", "", StringComparison.Ordinal));
        project.Write("plain/Program.cs", Program("1"));

        (await PublishAsync(project, "-p:ContainerStagesBuilder=host")).ShouldSucceed();
        (await project.DotnetAsync(
            "publish",
            "plain",
            "-t:PublishContainer",
            "-p:ContainerImageFormat=Docker",
            $"-p:ContainerArchiveOutputPath={project.Full("plain.tar")}",
            $"-p:ContainerBaseImage={Registry()}/dotnet/runtime:10.0"))
            .ShouldSucceed();

        var ours = Configuration(project).GetProperty("config");
        using var theirs = JsonDocument.Parse(await ConfigOfArchiveAsync(project.Full("plain.tar")));
        foreach (var name in new[] { "User", "Entrypoint", "ExposedPorts", "Env", "WorkingDir" })
        {
            Assert.AreEqual(Text(theirs.RootElement.GetProperty("config"), name), Text(ours, name), name);
        }

        Assert.AreEqual("Hello from lib: 1\n", (await project.StagesAsync("run", NameOf(project))).ShouldSucceed().Output);
        Assert.IsLessThan(200_000, Layers(project)[^1].Size);
    }

    [TestMethod]
    public async Task Image_instructions_are_in_the_image_wherever_it_is_published()
    {
        RequireRegistry();
        using var project = await CreateAsync();

        // On the command line they leave the builder's steps as they are in other tests.
        (await PublishAsync(
            project, "-p:ContainerStagesImageInstructions=HEALTHCHECK CMD [%22/app/app%22%2C %22--health%22]%0AVOLUME /data%0AUSER 5"))
            .ShouldSucceed();
        var built = Configuration(project).GetProperty("config");
        project.Write("app/app.csproj", Project.Replace("<OutputType>", """
            <ContainerStagesImageInstructions>
              HEALTHCHECK CMD ["/app/app", "--health"]
              VOLUME /data
              USER 5
            </ContainerStagesImageInstructions><OutputType>
            """, StringComparison.Ordinal));
        (await PublishAsync(project, "-p:ContainerStagesBuilder=host")).ShouldSucceed();

        foreach (var config in new[] { built, Configuration(project).GetProperty("config") })
        {
            Assert.AreEqual("""{"Test":["CMD","/app/app","--health"]}""", Text(config, "Healthcheck"));
            Assert.AreEqual("""{"/data":{}}""", Text(config, "Volumes"));
            Assert.AreEqual("\"5\"", Text(config, "User"));
            Assert.AreNotEqual("", Text(config, "Entrypoint"));
        }
    }

    [TestMethod]
    public async Task Credentials_of_this_machine_reach_the_builder_and_nothing_else()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        project.Write("nuget.config", project.Read("nuget.config").Replace("</configuration>", $"""
              <packageSourceCredentials><packed><add key="Username" value="ci" /><add key="ClearTextPassword" value="{Secret}" /></packed></packageSourceCredentials>
            </configuration>
            """, StringComparison.Ordinal));
        project.Write("app/app.csproj", Project.Replace("</Project>", """
              <Target Name="TellCredentials" AfterTargets="Build" Condition="'$(_ContainerStagesInBuilder)' == 'true'">
                <Exec Command="grep -c ClearTextPassword /root/.nuget/NuGet/NuGet.Config; cat /root/.nuget/NuGet/NuGet.Config; echo variable $NuGetPackageSourceCredentials_other; echo property $(AcmeToken); test -s /etc/ssl/certs/ca-certificates.crt" />
              </Target>
            </Project>
            """, StringComparison.Ordinal));

        var published = (await project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["NuGetPackageSourceCredentials_other"] = $"Username=ci;Password={Secret}-2",
            },
            "publish",
            "app",
            "-v:n",
            "-p:PublishContainer=true",
            "-p:AcmeToken=t0ken-of-the-command-line",
            "-bl:all.binlog")).ShouldSucceed();

        Assert.Contains("ClearTextPassword\" value=\"***\"", published.Output);
        Assert.Contains("variable Username=ci", published.Output);
        Assert.Contains("property ***", published.Output);
        Assert.DoesNotContain(Secret, published.All);
        Assert.DoesNotContain("t0ken-of", published.Output);
        var start = project.Full("lib/lib.csproj");
        Assert.AreEqual(
            "", await TextSearch.FilesWithAsync(Secret, [project.Store, project.Full("app"), project.Full("all.binlog")], start));
        Assert.AreEqual("", await TextSearch.FilesWithAsync("t0ken-of", [project.Store, project.Full("app/obj")], start));
        Assert.AreNotEqual(
            "", await TextSearch.FilesWithAsync(Secret, [project.Full("nuget.config")], start), "The search finds nothing anywhere.");
    }

    [TestMethod]
    public async Task Native_code_is_compiled_in_the_builder_and_answers()
    {
        RequireRegistry();
        using var project = await UserProject.CopyOfSampleAsync("webapi-aot", context);
        project.Write("nuget.config", project.Read("nuget.config").Replace(
            "</packageSources>",
            """<add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>""",
            StringComparison.Ordinal));

        var published = (await project.DotnetAsync("publish", "-v:n", "-p:PublishContainer=true")).ShouldSucceed();

        Assert.Contains("Generating native code", published.Output);
        Assert.IsFalse(Directory.Exists(project.Full("bin")), "Something was compiled on this machine.");
        using var result = JsonDocument.Parse(project.Read("obj/containerstages/result.json"));
        using var configuration = JsonDocument.Parse(result.RootElement.GetProperty("configuration").GetString()!);
        var config = configuration.RootElement.GetProperty("config");
        Assert.AreEqual("""["/app/WebApi"]""", Text(config, "Entrypoint"));
        Assert.AreEqual("\"1654\"", Text(config, "User"));
        Assert.AreEqual("""{"8080/tcp":{}}""", Text(config, "ExposedPorts"));
        // A program that ends at once: it could not listen there.
        Assert.Contains("Invalid url: 'nowhere'", (await project.StagesAsync("run", "-e", "ASPNETCORE_URLS=nowhere", "webapi:latest")).All);
    }

    [TestMethod]
    public async Task The_shop_is_published_whole_for_two_platforms()
    {
        RequireRegistry();
        using var project = await UserProject.CopyOfSampleAsync("shop", context);
        project.Write("nuget.config", project.Read("nuget.config").Replace(
            "</packageSources>",
            """<add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>""",
            StringComparison.Ordinal));

        // Native code is another test's, and takes its time.
        var published =
            (await project.DotnetAsync("publish", "-p:PublishContainer=true", "-p:PublishAot=false", $"-p:ContainerRegistry={Registry()}"))
                .ShouldSucceed();

        Assert.IsEmpty(published.Diagnostics);
        foreach (var name in new[] { "orders", "web", "prices", "mailer" })
        {
            Assert.HasCount(1, published.ResultLines.Where(
                line => line.Contains($"{name} -> {Registry()}/shop/{name}:latest@sha256:", StringComparison.Ordinal)), published.All);
            using var result = JsonDocument.Parse(project.Read($"{name}/obj/containerstages/result.json"));
            Assert.Contains("image.index", result.RootElement.GetProperty("manifestMediaType").GetString()!);
        }
    }

    [TestMethod]
    public async Task The_package_as_a_reference_builds_in_the_builder_too()
    {
        RequireRegistry();
        using var project = await CreateAsync();
        project.Write("app/app.csproj", Project.Replace(";ContainerStages.Sdk/0.1.0", "", StringComparison.Ordinal)
            .Replace(
                "<ItemGroup>",
                """<ItemGroup><PackageReference Include="ContainerStages.Sdk" Version="0.1.0" PrivateAssets="all" />""",
                StringComparison.Ordinal));

        (await PublishAsync(project)).ShouldSucceed();

        Assert.IsFalse(Directory.Exists(project.Full("app/bin")), "Something was compiled on this machine.");
        Assert.AreEqual("Hello from lib: 1\n", (await project.StagesAsync("run", NameOf(project))).ShouldSucceed().Output);
    }

    [TestMethod]
    [DataRow("<OutputType>Exe</OutputType>", "", "", "CST1506", DisplayName = "a library")]
    [DataRow("x", "x", "-p:ContainerStagesBuilder=moon", "CST1505", DisplayName = "an unknown builder")]
    [DataRow("x", "x", "-p:ContainerStagesContextDirectory=../lib", "CST1503", DisplayName = "a context without the project")]
    public async Task What_cannot_be_built_is_one_error_with_the_next_step(string part, string other, string property, string code)
    {
        using var project = await CreateAsync();
        project.Write("app/app.csproj", Project.Replace(part, other, StringComparison.Ordinal)
            .Replace("<ItemGroup><ProjectReference Include=\"../lib/lib.csproj\" /></ItemGroup>", "", StringComparison.Ordinal));
        project.Write("app/Program.cs", "return;\n");

        var published =
            (await project.DotnetAsync(
                ["msbuild", "app", "-restore", "-t:PublishContainer", .. property.Length == 0 ? Array.Empty<string>() : [property]]))
                .ShouldFail();

        Assert.AreSequenceEqual(["app.csproj: error " + code], published.Diagnostics);
    }

    [TestMethod]
    [DataRow("ContainerStagesBuilderImage=alpine", "CST3508", "ContainerStagesBuilderImage", DisplayName = "a builder without .NET")]
    [DataRow("ContainerStagesBuilderImage=REGISTRY/no/such:1", "CST5002", "ContainerStagesBuilderImage", DisplayName = "no such builder")]
    [DataRow("ContainerBaseImage=REGISTRY/no/such:1", "CST5002", "ContainerBaseImage", DisplayName = "no such base image")]
    [DataRow("ContainerBaseImage=localhost:1/no/such", "CST5001", "cannot be reached", DisplayName = "no registry there")]
    [DataRow("RuntimeIdentifier=win-x64;UseAppHost=false", "CST1016", "linux-x64", DisplayName = "a runtime identifier of Windows")]
    public async Task An_image_that_cannot_be_had_is_one_error_with_the_next_step(string property, string code, string next)
    {
        RequireRegistry();
        using var project = await CreateAsync();
        property = property.Replace("REGISTRY", Registry(), StringComparison.Ordinal);

        var published = (await project.DotnetAsync("publish", "app", "-p:PublishContainer=true", "-p:" + property)).ShouldFail();

        Assert.AreSequenceEqual(["app.csproj: error " + code], published.Diagnostics);
        Assert.Contains(next, published.Output);
    }

    private async Task<UserProject> CreateAsync()
    {
        var project = await UserProject.CreateAsync(context);
        project.Write("app/app.csproj", Project);
        project.Write("app/Program.cs", Program("1"));
        project.Write("lib/lib.csproj", Library);
        project.Write("lib/Greeting.cs", "public static class Greeting { public static string Text => \"Hello from lib\"; }\n");
        return project;
    }

    private static string Program(string number) => $"System.Console.WriteLine(Greeting.Text + \": {number}\");\n";

    private static Task<CommandResult> PublishAsync(UserProject project, params string[] arguments) =>
        project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["ContainerRepository"] = NameOf(project) },
            ["publish", "app", "-v:n", "-p:PublishContainer=true", .. arguments]);

    // The tests run side by side over one store; each has its own name there, and the environment leaves the steps as they are.
    private static string NameOf(UserProject project) => Path.GetFileName(project.Folder).ToLowerInvariant();

    private static List<(string Digest, long Size)> Layers(UserProject project)
    {
        using var result = JsonDocument.Parse(project.Read("app/obj/containerstages/result.json"));
        using var manifest = JsonDocument.Parse(result.RootElement.GetProperty("manifest").GetString()!);
        return [.. manifest.RootElement.GetProperty("layers")
            .EnumerateArray()
            .Select(layer => (layer.GetProperty("digest").GetString()!, layer.GetProperty("size").GetInt64()))];
    }

    private static JsonElement Configuration(UserProject project)
    {
        using var result = JsonDocument.Parse(project.Read("app/obj/containerstages/result.json"));
        using var configuration = JsonDocument.Parse(result.RootElement.GetProperty("configuration").GetString()!);
        return configuration.RootElement.Clone();
    }

    private static string Text(JsonElement config, string name) =>
        config.TryGetProperty(name, out var value) ? JsonSerializer.Serialize(value) : "";

    private async Task<string> ConfigOfArchiveAsync(string archive)
    {
        var index =
            (await Command.RunAsync(
                "skopeo", ["inspect", "--config", "docker-archive:" + archive], Repository.Root, NoVariables, context.CancellationToken))
                .ShouldSucceed();
        return index.Output;
    }

    private static string Registry() => Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") ?? "";

    private static void RequireRegistry()
    {
        if (Registry().Length == 0)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }
    }
}
