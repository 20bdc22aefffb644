using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// A copy of the solution in <c>tests/Solutions/Shop</c> in a repository with a tag, and the company's feed, which wants a password.
/// </summary>
internal sealed class Shop : IAsyncDisposable
{
    public const string User = "ci";
    public const string Password = "s3cr3t-of-the-feed";
    public const string Token = "t0ken-of-the-remote";
    private readonly UserProject _project;

    private Shop(UserProject project, NuGetFeed feed) => (_project, Feed) = (project, feed);

    public NuGetFeed Feed { get; }

    public UserProject Project => _project;

    /// <summary>Folder of the solution.</summary>
    public string Solution => _project.Full("repository/shop");

    public string Commit { get; private set; } = "";

    /// <summary>The settings of a user who has the feed's password in a variable.</summary>
    private Dictionary<string, string> Environment =>
        new(StringComparer.Ordinal) { ["HOME"] = _project.Full("home"), ["ACME_FEED_PASSWORD"] = Password };

    public static async Task<Shop> CreateAsync(TestContext context)
    {
        if (System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        var project = await UserProject.CreateAsync(context);
        project.Copy("tests/Solutions/Shop", "repository");
        project.Copy("tests/Solutions/ShopFeed", "feed");
        Directory.CreateDirectory(project.Full("packages"));
        var shop = new Shop(project, new NuGetFeed(project.Full("packages"), User, Password));
        shop.WriteSettings();
        (await shop.DotnetAsync("msbuild", project.Full("feed/feed.proj"), "-v:q", $"-p:Packages={project.Full("packages")}/"))
            .ShouldSucceed();
        await shop.CommitAsync();
        return shop;
    }

    /// <summary>Runs in the solution's folder.</summary>
    public Task<CommandResult> DotnetAsync(params string[] arguments) => RunAsync("dotnet", arguments);

    public Task<CommandResult> RunAsync(string program, params string[] arguments) =>
        _project.RunInAsync(Solution, program, Environment, arguments);

    public System.Diagnostics.Process Start(string program, params string[] arguments) =>
        _project.StartIn(Solution, program, Environment, arguments);

    /// <summary>What the API of an image says of itself.</summary>
    public async Task<string> StampAsync(string image)
    {
        await using var api = RunningImage.Start(
            this,
            image,
            port => $"Kestrel__Endpoints__Web__Url=http://127.0.0.1:{port}",
            "Kestrel__Endpoints__Grpc__Url=http://127.0.0.1:0");
        return await api.GetAsync("/");
    }

    /// <summary>Runs the three images: the API answers a browser and the worker, the site shows its page and brings its files.</summary>
    public async Task RunAllAsync(string tag, string edition)
    {
        var version = $"1.4.0+{Commit}";
        var grpc = FileServer.FreePort();
        await using var api = RunningImage.Start(
            this,
            $"acme/shop-api:{tag}",
            port => $"Kestrel__Endpoints__Web__Url=http://127.0.0.1:{port}",
            $"Kestrel__Endpoints__Grpc__Url=http://127.0.0.1:{grpc}");
        Assert.AreEqual($"{version}, {edition} by acme-stamp 1.0.3, net10.0, {edition}", await api.GetAsync("/"));
        var asked = await RunAsync(PackedSdk.Program, "run", "-e", $"Catalog=http://127.0.0.1:{grpc}", $"acme/shop-worker:{tag}");
        Assert.Contains($"Welcome, worker: lamp 4760, {version} asks {version}\n", asked.ShouldSucceed().Output);

        await using var site = RunningImage.Start(this, $"acme/shop-site:{tag}", port => $"ASPNETCORE_HTTP_PORTS={port}");
        var page = await site.GetAsync("/");
        Assert.Contains(">lamp</li>", page);
        Assert.Contains("The shop around the corner", page);
        foreach (var file in new[] { "robots.txt", "Site.styles.css", "_content/Components/logo.svg", "_framework/blazor.web.js" })
        {
            Assert.AreNotEqual("", await site.GetAsync(file));
        }
    }

    /// <summary>The images that the .NET SDK makes by itself of what was published last.</summary>
    public async Task PublishWithoutUsAsync(string folder, params string[] options)
    {
        foreach (var project in new[] { "Api", "Site", "Worker" })
        {
            var file = $"repository/shop/src/{project}/{project}.csproj";
            _project.Write(file, _project.Read(file).Replace(";ContainerStages.Sdk/0.1.0", "", StringComparison.Ordinal));
            File.Delete(_project.Full($"repository/shop/src/{project}/containerstages.lock.json"));
        }

        // The worker has us as a package.
        _project.Write("repository/shop/theirs.proj", """
            <Project>
              <Target Name="Publish">
                <MSBuild Projects="src/Api/Api.csproj;src/Site/Site.csproj;src/Worker/Worker.csproj" Targets="Publish;PublishContainer"
                         Properties="Configuration=Release;_IsPublishing=true;ContainerStagesBuilder=sdk;SolutionDir=$(MSBuildThisFileDirectory)" />
              </Target>
            </Project>
            """);
        (await DotnetAsync(["msbuild", "theirs.proj", "-t:Publish", $"-p:ContainerArchiveOutputPath={folder}/", .. options]))
            .ShouldSucceed();
    }

    public async ValueTask DisposeAsync()
    {
        await Feed.DisposeAsync();
        _project.Dispose();
    }

    private void WriteSettings()
    {
        _project.Write("home/.nuget/NuGet/NuGet.Config", """
            <configuration>
              <packageSources><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources>
              <packageSourceCredentials>
                <acme><add key="Username" value="ci" /><add key="ClearTextPassword" value="%ACME_FEED_PASSWORD%" /></acme>
              </packageSourceCredentials>
            </configuration>
            """);
        _project.Write("repository/nuget.config", $"""
            <configuration>
              <packageSources>
                <clear />
                <add key="nuget.org" value="https://api.nuget.org/v3/index.json" />
                <add key="acme" value="{Feed.Address}index.json" allowInsecureConnections="true" />
                <add key="packed" value="{Repository.File("artifacts/packages")}" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
                <packageSource key="acme"><package pattern="Acme.*" /></packageSource>
                <packageSource key="packed"><package pattern="ContainerStages.*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        _project.Write(
            "feed/nuget.config",
            """<configuration><packageSources><clear /><add key="nuget.org" value="https://api.nuget.org/v3/index.json" /></packageSources></configuration>""");
    }

    private async Task CommitAsync()
    {
        await GitAsync("init -q -b main ..");
        await GitAsync("-C .. add .");
        await GitAsync("-c user.name=a -c user.email=a@example.com commit -q -m one");
        await GitAsync("tag v1.4.0");
        await GitAsync($"remote add origin https://ci:{Token}@example.com/acme/shop.git");
        Commit = (await GitAsync("rev-parse HEAD")).Trim();
    }

    private async Task<string> GitAsync(string arguments) => (await RunAsync("git", arguments.Split(' '))).ShouldSucceed().Output;
}
