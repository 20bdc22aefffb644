using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>Every template as a user meets it: installed, created, published and run.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class TemplateTests(TestContext context)
{
    private static readonly string[] Verbs = ["go-container", "dotnet-container", "container-stages", "container-dockerfile"];

    [TestMethod]
    public async Task Each_is_listed_and_shows_its_parameters()
    {
        using var project = await InstalledAsync();

        var listed = (await NewAsync(project, "list", "container")).ShouldSucceed().Output;

        foreach (var verb in Verbs)
        {
            Assert.Contains(verb, listed);
            Assert.Contains("Template options:", (await NewAsync(project, verb, "--help")).ShouldSucceed().Output);
        }
    }

    [TestMethod]
    [DataRow("container-stages", "imageproj")]
    [DataRow("container-dockerfile", "imageproj")]
    public async Task An_image_of_shell_is_created_published_and_run(string verb, string extension)
    {
        using var project = await InstalledAsync();

        (await NewAsync(project, verb, "--name", "My.Tools", "--output", ".")).ShouldSucceed();

        Assert.IsTrue(File.Exists(project.Full($"My.Tools.{extension}")));
        var published = (await project.DotnetAsync("publish")).ShouldSucceed();
        Assert.StartsWith("My.Tools -> my-tools:latest@sha256:", published.ResultLines.Single().Trim());
        Assert.AreEqual("Hello from my-tools\n", (await project.StagesAsync("run", "my-tools:latest")).ShouldSucceed().Output);
    }

    [TestMethod]
    public async Task A_go_service_is_created_published_and_answers()
    {
        using var project = await InstalledAsync();
        var port = FileServer.FreePort();

        (await NewAsync(project, "go-container", "--name", "My.Orders", "--output", ".", "--go-version", "1.19", "--port", $"{port}"))
            .ShouldSucceed();

        var published = (await project.DotnetAsync("publish")).ShouldSucceed();
        Assert.StartsWith("My.Orders -> my-orders:latest@sha256:", published.ResultLines.Single().Trim());
        Assert.AreEqual("Hello from my-orders, /today\n", await AskAsync(project, "my-orders:latest", $"http://localhost:{port}/today"));
    }

    [TestMethod]
    public async Task A_web_api_is_created_published_and_answers()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 })
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var project = await InstalledAsync();
        var port = FileServer.FreePort();

        (await NewAsync(project, "dotnet-container", "--name", "My.Api", "--output", ".")).ShouldSucceed();
        (await NewAsync(project, "dotnet-container", "--name", "My.Native", "--output", "native", "--aot")).ShouldSucceed();

        Assert.DoesNotContain("PublishAot", project.Read("My.Api.csproj"));
        Assert.Contains("<PublishAot>true</PublishAot>", project.Read("native/My.Native.csproj"));
        Directory.Delete(project.Full("native"), recursive: true);
        var published = (await project.DotnetAsync("publish", "-p:PublishContainer=true")).ShouldSucceed();
        Assert.StartsWith("My.Api -> my-api:latest@sha256:", published.ResultLines.Single().Trim());
        Assert.AreEqual(
            """{"text":"Hello from my-api"}""",
            await AskAsync(project, "my-api:latest", $"http://localhost:{port}/", "-e", $"ASPNETCORE_HTTP_PORTS={port}"));
    }

    private async Task<UserProject> InstalledAsync()
    {
        var project = await UserProject.CreateAsync(context);
        (await NewAsync(project, "install", Repository.File("artifacts/packages/ContainerStages.Templates.0.1.0.nupkg"))).ShouldSucceed();
        return project;
    }

    // A list of installed templates of this test alone.
    private static Task<CommandResult> NewAsync(UserProject project, params string[] arguments) =>
        project.DotnetAsync(["new", .. arguments, "--debug:custom-hive", project.Full(".templates")]);

    private async Task<string> AskAsync(UserProject project, string image, string address, params string[] options)
    {
        using var process =
            Command.Start(PackedSdk.Program, ["run", .. options, image], project.Folder, (await PackedSdk.GetAsync()).Environment);
        using var http = new HttpClient();
        try
        {
            while (true)
            {
                try
                {
                    return await http.GetStringAsync(new Uri(address), context.CancellationToken);
                }
                catch (HttpRequestException) when (!process.HasExited)
                {
                    await Task.Delay(50, context.CancellationToken);
                }
            }
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }
}
