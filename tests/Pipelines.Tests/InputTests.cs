using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Pipelines.Tests;

/// <summary>What the task makes of its inputs, in the library's mock runner: no program runs.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class InputTests(TestContext context)
{
    private const string Fails = "!";

    [TestMethod]
    [DataRow(
        "dockerfile=Dockerfile;repository=acme/app;tags=1,2;push=false",
        "dotnet-stages build --progress json --file S/Dockerfile --tag acme/app:1 --tag acme/app:2 S",
        DisplayName = "a Dockerfile")]
    [DataRow(
        "dockerfile=Dockerfile;repository=ghcr.io/acme/app;context=sub;target=test;platforms=linux/amd64,linux-arm64;locked=true", "dotnet-stages build --progress json --file S/Dockerfile --tag ghcr.io/acme/app:latest --target test --platform linux/amd64 --platform linux/arm64 --locked --push S/sub", DisplayName = "a Dockerfile, registry in the repository")]
    [DataRow(
        "dockerfile=Dockerfile;containerRegistry=hub;repository=acme/app",
        "dotnet-stages build --progress json --file S/Dockerfile --tag docker.io/acme/app:latest --push S",
        DisplayName = "a Dockerfile, Docker Hub")]
    [DataRow(
        "project=app.csproj;repository=acme/app;tags=1\n2;containerRegistry=acr,hub", "dotnet publish S/app.csproj -nologo -tl:off " +
        "-p:PublishContainer=true -p:ContainerRegistry=x.azurecr.io -p:ContainerRepository=acme/app " +
        "-p:ContainerImageTag= -p:ContainerImageTags=1%3B2", DisplayName = "a project")]
    [DataRow(
        "project=app.csproj;push=false;platforms=linux/arm64;locked=true;archiveOutputPath=a,b.tar;addBaseImageData=true;context=sub", "dotnet publish S/app.csproj -nologo -tl:off -p:PublishContainer=true -p:ContainerRegistry= -p:ContainerRuntimeIdentifier=linux-arm64 -p:ContainerStagesContextDirectory=S/sub -p:ContainerStagesLockedMode=true -p:ContainerArchiveOutputPath=S/a%2Cb.tar -p:ContainerGenerateLabelsImageBaseName=true -p:ContainerGenerateLabelsImageBaseDigest=true", DisplayName = "a project that is not pushed")]
    [DataRow(
        "dockerfile=Dockerfile;push=false;engine=podman;cacheFrom=hub/a\n./c;cacheTo=type=local,dest=c,mode=max;"
            + "report=a.html;sbom=a.cdx.json",
        "dotnet-stages build --progress json --file S/Dockerfile --engine podman --cache-from hub/a --cache-from ./c "
            + "--cache-to type=local,dest=c,mode=max --report S/a.html --sbom S/a.cdx.json S",
        DisplayName = "a Dockerfile with caches")]
    [DataRow(
        "project=app.csproj;engine=docker;cacheFrom=hub/a\n./c;cacheTo=type=local,dest=c,mode=max;"
            + "report=a.html\nb.md;sbom=a.spdx.json\nb.cdx.json",
        "dotnet publish S/app.csproj -nologo -tl:off -p:PublishContainer=true -p:ContainerStagesEngine=docker "
            + "-p:ContainerStagesCacheFrom=hub/a%3B./c -p:ContainerStagesCacheTo=type=local%2Cdest=c%2Cmode=max "
            + "-p:ContainerStagesReport=S/a.html%3BS/b.md -p:ContainerStagesSbom=S/a.spdx.json%3BS/b.cdx.json",
        DisplayName = "a project with caches")]
    [DataRow(
        "project=app.csproj;platforms=linux-x64\nlinux/arm64;target=t;arguments=-c Debug \\\n  '-p:A=b c' -v:q", "dotnet publish " +
        "S/app.csproj -nologo -tl:off -p:PublishContainer=true -p:ContainerRuntimeIdentifier= " +
        "-p:ContainerRuntimeIdentifiers=linux-x64%3Blinux-arm64 -p:ContainerStagesTarget=t -c Debug -p:A=b c -v:q", DisplayName = "a project with further arguments")]
    [DataRow("", Fails + "One of the inputs 'project' and 'dockerfile' must name what is built.")]
    [DataRow("project=app.csproj;dockerfile=Dockerfile", Fails + "are both given. Name one")]
    [DataRow("dockerfile=nowhere/Dockerfile", Fails + "names a file that is not there: 'S/nowhere/Dockerfile'.")]
    [DataRow("dockerfile=Dockerfile;tags=a b", Fails + "The input 'tags' has 'a b', which no image can have.")]
    [DataRow("dockerfile=Dockerfile;containerRegistry=hub", Fails + "The input 'repository' lacks")]
    [DataRow("project=shop.sln;repository=acme/app", Fails + "Set ContainerRepository in each project")]
    [DataRow("project=app.csproj;addPipelineData=true", Fails + "The input 'addPipelineData' is for a Dockerfile.")]
    [DataRow("dockerfile=Dockerfile;addBaseImageData=true", Fails + "The input 'addBaseImageData' is for a project.")]
    [DataRow("dockerfile=Dockerfile;push=maybe", Fails + "The input 'push' is 'maybe'. Valid: true, false.")]
    [DataRow("project=app.csproj;platforms=linux/z80", Fails + "The input 'platforms' has 'linux/z80'. Valid: linux/amd64")]
    [DataRow("dockerfile=Dockerfile;arguments='a", Fails + "The input 'arguments' has a ' that nothing closes.")]
    [DataRow("dockerfile=Dockerfile;repository=a;containerRegistry=empty", Fails + "The service connection 'empty' has no password.")]
    [DataRow(
        "dockerfile=Dockerfile;repository=a;containerRegistry=missing",
        Fails + "The service connection 'missing' of the input 'containerRegistry' is not there")]
    [DataRow("dockerfile=Dockerfile;repository=a;containerRegistry=federated", Fails + "Log in before this step with Docker@2")]
    [DataRow(
        "dockerfile=Dockerfile;repository=ghcr.io/a/b;containerRegistry=hub",
        Fails + "names the registry 'ghcr.io', and the service connection leads to 'docker.io'")]
    [DataRow("project=app.csproj;nuGetServiceConnections=apikey", Fails + "an API key is for pushing packages alone")]
    public async Task Inputs_become_a_command_or_an_error_that_says_what_to_do(string inputs, string expected)
    {
        // What goes wrong goes wrong before anything that a handler could do in its own way.
        var isError = expected.StartsWith(Fails, StringComparison.Ordinal);
        foreach (var node in isError ? [Extension.Node20] : new[] { Extension.Node20, Extension.Node24 })
        {
            using var agent = Agent();
            var run = await RunAsync(agent, node, inputs, []);
            if (isError)
            {
                Assert.HasCount(1, run.ShouldFail().Errors, run.Log);
                Assert.Contains(expected[1..].Replace("S/", agent.Sources + "/", StringComparison.Ordinal), run.Errors[0]);
                Assert.IsEmpty(Started(run));
            }
            else
            {
                var (program, arguments, _) = Started(run.ShouldSucceed()).Single();
                Assert.AreEqual(expected, $"{program} {string.Join(' ', arguments)}".Replace(agent.Sources, "S", StringComparison.Ordinal));
            }

            Assert.IsEmpty(agent.LoginFiles);
        }
    }

    [TestMethod]
    [DataRow("dockerfile=Dockerfile;push=false", "--cache-from hub/a --cache-to type=registry,ref=hub/a", DisplayName = "a Dockerfile")]
    [DataRow("dockerfile=Dockerfile;push=false;cacheFrom=c", "--cache-from c --cache-to type=registry,ref=hub/a", DisplayName = "an input")]
    public async Task A_cache_that_an_earlier_step_named_counts(string inputs, string expected)
    {
        using var agent = Agent();
        agent.Set("CONTAINERSTAGESCACHEFROM", "hub/a");
        agent.Set("CONTAINERSTAGESCACHETO", "type=registry,ref=hub/a");
        var run = (await RunAsync(agent, Extension.Node20, inputs, [])).ShouldSucceed();
        Assert.Contains(expected, string.Join(' ', Started(run).Single().Arguments));
    }

    [TestMethod]
    public async Task A_feed_gets_the_login_of_its_own_address_and_of_no_other()
    {
        using var agent = Agent();
        agent.Set("SYSTEM_COLLECTIONURI", "https://dev.azure.com/acme/");
        agent.Connect("SYSTEMVSSCONNECTION", "https://dev.azure.com/acme/", "OAuth", ("AccessToken", "job-token"));
        string[] sources =
        [
            "Registered Sources:",
            "  1.  nuget.org [Enabled]", "      https://api.nuget.org/v3/index.json",
            "  2.  Acme.Tools [Enabled]", "      https://pkgs.dev.azure.com/acme/_packaging/tools/nuget/v3/index.json",
            "  3.  Acme old [Disabled]", "      https://acme.pkgs.visualstudio.com/_packaging/old/nuget/v3/index.json",
            "  4.  Other [Enabled]", "      https://pkgs.dev.azure.com/acmeother/_packaging/x/nuget/v3/index.json",
            "  5.  Partner [Enabled]", "      https://nuget.partner.example/v3/index.json",
        ];

        var run = await RunAsync(
            agent, Extension.Node20, "project=app.csproj;useArtifactsCredentials=true;nuGetServiceConnections=partner", sources);

        var variables = Started(run.ShouldSucceed()).Single().Variables;
        CollectionAssert.AreEquivalent(
            new[]
            {
                "NuGetPackageSourceCredentials_Acme.Tools=Username=VssSessionToken;Password=job-token",
                "NuGetPackageSourceCredentials_Acme old=Username=VssSessionToken;Password=job-token",
                "NuGetPackageSourceCredentials_Partner=Username=me;Password=partner-secret",
            },
            variables.Select(pair => $"{pair.Key}={pair.Value}").ToArray());
        run.ShouldMask("job-token", "partner-secret");
    }

    private static FakeAgent Agent()
    {
        var agent = new FakeAgent();
        foreach (var name in new[] { "Dockerfile", "app.csproj", "shop.sln", "sub/file" })
        {
            agent.Write(name, "");
        }

        agent.Connect(
            "hub",
            "https://index.docker.io/v1/",
            "UsernamePassword",
            ("username", "me"),
            ("password", "hub-secret"),
            ("registry", "https://index.docker.io/v1/"));
        agent.Connect(
            "acr",
            "https://x.azurecr.io",
            "ServicePrincipal",
            ("loginServer", "x.azurecr.io"),
            ("serviceprincipalid", "id"),
            ("serviceprincipalkey", "acr-secret"));
        agent.Connect(
            "empty", "https://r.example", "UsernamePassword", ("username", "me"), ("password", ""), ("registry", "https://r.example"));
        agent.Connect(
            "federated",
            "https://x.azurecr.io",
            "WorkloadIdentityFederation",
            ("loginServer", "x.azurecr.io"),
            ("serviceprincipalid", "id"));
        agent.Connect("apikey", "https://nuget.partner.example/v3/index.json", "None", ("nugetkey", "key-secret"));
        agent.Connect(
            "partner", "https://nuget.partner.example/v3/index.json", "Token", ("username", "me"), ("apitoken", "partner-secret"));
        return agent;
    }

    private async Task<TaskRun> RunAsync(FakeAgent agent, string node, string inputs, string[] sources)
    {
        await Extension.GetAsync();
        var answer = new { exitCode = 0, lines = Array.Empty<string>() };
        agent.Set("L0_SCENARIO", JsonSerializer.Serialize(new
        {
            inputs = inputs.Split(';', StringSplitOptions.RemoveEmptyEntries)
                .Select(input => input.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal),
            programs = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["dotnet"] = answer,
                ["dotnet-stages"] = answer,
                ["dotnet nuget"] = new { exitCode = 0, lines = sources },
            },
            shownVariables = new[] { "NuGetPackageSourceCredentials_" },
        }));
        return await agent.RunAsync(node, Extension.Scenario, context.CancellationToken);
    }

    private static IReadOnlyList<(string Program, IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Variables)> Started(
        TaskRun run) =>
        [.. run.Lines.Where(line => line.StartsWith("[started]", StringComparison.Ordinal)).Select(
            line => JsonDocument.Parse(line["[started]".Length..]).RootElement).Select(json => (
            json.GetProperty("program").GetString()!,
            (IReadOnlyList<string>)[.. json.GetProperty("args").EnumerateArray().Select(argument => argument.GetString()!)],
            (IReadOnlyDictionary<string, string>)json.GetProperty("variables")
                .EnumerateObject()
                .ToDictionary(one => one.Name, one => one.Value.GetString()!, StringComparer.Ordinal)))];
}
