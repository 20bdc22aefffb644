using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>What samples promise beyond an image that runs, which <see cref="EndToEndTests"/> looks at.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class SampleTests(TestContext context)
{
    private const string Hello = "Hello, world!\n";

    [TestMethod]
    public async Task The_imported_project_is_what_import_writes()
    {
        using var project = await UserProject.CopyOfSampleAsync("dockerfile-imported", context);
        Assert.AreEqual(project.Read("imported.goproj"), (await project.StagesAsync("import", "Dockerfile")).ShouldSucceed().Output);
    }

    [TestMethod]
    public async Task Tests_that_fail_in_a_stage_leave_no_image()
    {
        using var project = await UserProject.CopyOfSampleAsync("tests-in-a-stage", context);
        project.Write("main.go", project.Read("main.go").Replace("Hello", "Goodbye", StringComparison.Ordinal));

        var published = (await project.DotnetAsync("publish", "-p:ContainerRepository=tests-that-fail")).ShouldFail();

        Assert.Contains("main_test.go(7): error GO: greeting is \"Goodbye, world!\"", published.All);
        Assert.AreEqual("", (await project.StagesAsync("images", "-q", "tests-that-fail")).ShouldSucceed().Output);
    }

    [TestMethod]
    public async Task Several_destinations_get_the_image()
    {
        using var project = await UserProject.CopyOfSampleAsync("several-destinations", context);

        var published = (await project.DotnetAsync("publish")).ShouldSucceed();

        Assert.HasCount(1, published.ResultLines);
        foreach (var name in new[] { "several-destinations:1.0", "several-destinations" })
        {
            Assert.AreEqual(Hello, (await project.StagesAsync("run", name)).ShouldSucceed().Output);
        }

        var configs = new List<string>();
        string[] archives =
            ["oci-archive:out/hello.oci.tar:1.0", "oci-archive:out/hello.oci.tar:latest", "docker-archive:out/hello.docker.tar"];
        foreach (var archive in archives)
        {
            configs.Add((await project.RunAsync("skopeo", ["inspect", "--config", archive])).ShouldSucceed().Output);
        }

        Assert.HasCount(1, configs.Distinct(StringComparer.Ordinal).ToList());
        Assert.IsTrue(File.Exists(project.Full("out/files/usr/local/bin/hello")));
    }

    [TestMethod]
    public async Task A_private_feed_wants_the_token_which_nobody_sees()
    {
        const string token = "t0ken-of-the-sample";
        using var project = await UserProject.CreateAsync(context);
        project.Copy("samples/private-feed", "app");
        project.Write("greeting/Acme.Greeting.csproj", """
            <Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>
            """);
        project.Write("greeting/Greeting.cs", """
            namespace Acme;

            public static class Greeting { public static string To(string name) => $"Hello, {name}!"; }
            """);
        (await project.DotnetAsync("pack", "greeting", "-o", project.Full("packages"))).ShouldSucceed();
        await using var feed = new NuGetFeed(project.Full("packages"), "ci", token);
        Change("app/nuget.config", "\"https://packages.acme.example/nuget/v3/index.json\"",
            $"\"{feed.Address}index.json\" allowInsecureConnections=\"true\"");
        Change("nuget.config", "</packageSources>", """
            </packageSources>
            <packageSourceMapping><packageSource key="packed"><package pattern="*" /></packageSource></packageSourceMapping>
            """);

        var published = (await project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["ACME_FEED_TOKEN"] = token },
            "publish", "app", "-p:PublishContainer=true", "-v:detailed")).ShouldSucceed();

        Assert.AreEqual(Hello, (await project.StagesAsync("run", "private-feed")).ShouldSucceed().Output);
        Assert.DoesNotContain(token, published.All);
        Assert.AreEqual("", await TextSearch.FilesWithAsync(token, [project.Folder, project.Store]));
        Assert.IsGreaterThan(0, feed.Downloads);

        void Change(string file, string text, string by)
        {
            Assert.Contains(text, project.Read(file));
            project.Write(file, project.Read(file).Replace(text, by, StringComparison.Ordinal));
        }
    }
}
