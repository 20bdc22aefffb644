using ContainerStages.Contracts;
using ContainerStages.Conventions;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Core.Tests.Conventions;

[TestClass]
public sealed class DotNetConventionTests
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };
    private static readonly Platform Arm64 = new() { Os = "linux", Architecture = "arm64" };

    private static DotNetApplication Application => new()
    {
        Project = "app/App.csproj",
        AssemblyName = "App",
        Framework = "10.0",
        AssetsFile = "app/obj/project.assets.json",
        RestoreFiles = ["Directory.Build.props", "app/App.csproj"],
        Sources = ["app", "lib"],
        Properties = new Dictionary<string, string> { ["Configuration"] = "Release" },
    };

    [TestMethod]
    public void A_builder_restores_before_it_sees_the_source_and_the_image_has_a_layer_for_each_kind_of_file()
    {
        var project = Project(Application with { Files = [new WrittenFile("/nuget.config", "<configuration />\n")] }) with
        {
            BaseImage = "mcr.microsoft.com/dotnet/aspnet:10.0",
            Config = new ProjectImageConfig { WorkingDirectory = "/app/", Entrypoint = ["dotnet", "/app/App.dll"] },
        };
        Assert.AreEqual(
            """
            FROM mcr.microsoft.com/dotnet/sdk:10.0 AS builder
            ENV DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false MSBUILDDISABLENODEREUSE=1 NUGET_PACKAGES=/nuget/packages NUGET_HTTP_CACHE_PATH=/nuget/http NUGET_SCRATCH=/nuget/scratch
            WORKDIR /src
            COPY <<nuget.config /nuget.config
            COPY --parents Directory.Build.props app/App.csproj ./
            RUN dotnet restore app/App.csproj
            COPY --parents app lib ./
            RUN dotnet publish app/App.csproj
            FROM mcr.microsoft.com/dotnet/aspnet:10.0
            COPY --from=builder /out/app/ /app/ # runtime
            COPY --from=builder /out/app/ /app/ # packages
            COPY --from=builder /out/app/ /app/ # projects
            COPY --from=builder /out/app/ /app/ # assets
            COPY --from=builder /out/app/ /app/ # application
            USER and EXPOSE from the variables of the base image
            WORKDIR /app/
            ENTRYPOINT ["dotnet","/app/App.dll"]
            """,
            Text(Create(project)));
    }

    [TestMethod]
    public void A_publish_restores_again_only_where_the_cache_lost_the_packages()
    {
        var commands = Commands(Create(Project(Application)));
        var restore =
            "dotnet restore app/App.csproj -p:RuntimeIdentifier=linux-x64 -p:_CommandLineDefinedRuntimeIdentifier=true " +
            "-p:_IsPublishing=true -nologo -tl:off -v:m -p:Configuration=Release -p:_ContainerStagesInBuilder=true";
        var mark = "mark=/nuget/packages/.containerstages/$(sha256sum app/obj/project.assets.json | cut -c 1-64)";
        Assert.AreEqual($"{restore} && {mark} && mkdir -p /nuget/packages/.containerstages && touch \"$mark\"", commands[0]);
        Assert.AreEqual(
            $"{mark} && {{ [ -e \"$mark\" ] || {restore}; }} && dotnet publish app/App.csproj --no-restore -r linux-x64 -o /out/app " +
            "-nologo -tl:off -v:m -p:Configuration=Release -p:_ContainerStagesInBuilder=true",
            commands[1]);
    }

    [TestMethod]
    [DataRow("/bin/sh: dotnet: not found", "CST3508")]
    [DataRow("/bin/sh: line 1: dotnet: command not found", "CST3508")]
    [DataRow("/src/App.csproj : error NETSDK1147: To build this project, the following workloads must be installed: wasm-tools", "CST3503")]
    [DataRow("/src/App.csproj : error NU1301:   Response status code does not indicate success: 401 (Unauthorized).", "CST3507")]
    [DataRow("Segmentation fault", null)]
    public void What_a_builder_lacks_is_told_with_what_to_do(string line, string? code)
    {
        var runs = Create(Project(Application with { BuilderImage = "acme/builder" })).Stages[0].Instructions.OfType<RunInstruction>();

        var diagnostic = runs.First().Explain!(["before", line]);

        Assert.AreEqual(code, diagnostic?.Code);
        Assert.IsTrue(diagnostic is null
            || diagnostic.Message.Contains("Set ContainerStagesBuilderImage", StringComparison.Ordinal)
            || diagnostic.Message.Contains("packageSourceCredentials", StringComparison.Ordinal), diagnostic?.Message);
    }

    [TestMethod]
    public void A_cross_compiler_that_cannot_be_installed_is_named()
    {
        var set = DotNetConvention.Create(
            Project(Application with { NativeAot = true, BuilderImage = "acme/builder" }), Arm64, Amd64, new Dictionary<string, string>());

        var diagnostic = set.Stages[0].Instructions.OfType<RunInstruction>().First().Explain!(["/bin/sh: 1: apt-get: not found", ""]);

        Assert.AreEqual("CST3509", diagnostic?.Code);
        Assert.Contains(
            "'acme/builder' lacks what compiles native code for linux-arm64, and it could not be installed there " +
            "(/bin/sh: 1: apt-get: not found)",
            diagnostic!.Message);
        Assert.Contains("gcc-aarch64-linux-gnu", diagnostic.Message);
    }

    [TestMethod]
    public void Properties_arrive_as_they_were_given()
    {
        var properties =
            new Dictionary<string, string> { ["Version"] = "1.0", ["DefineConstants"] = "A;B", ["Note"] = "it's 50%, \"fine\"" };
        var command = Commands(Create(Project(Application with { Properties = properties })))[1];
        Assert.Contains("-p:Version=1.0", command);
        Assert.Contains("-p:DefineConstants=A%3BB", command);
        Assert.Contains(@"'-p:Note=it'\''s 50%25%2C %22fine%22'", command);
    }

    [TestMethod]
    [DataRow("10.0", false, false, "10.0", "linux-x64")]
    [DataRow("10.0", false, true, "10.0-aot", "linux-x64")]
    [DataRow("10.0", true, false, "10.0-alpine", "linux-musl-x64")]
    [DataRow("11.0", true, true, "11.0-alpine-aot", "linux-musl-x64")]
    [DataRow("8.0", false, false, "8.0", "linux-x64")]
    [DataRow("8.0", false, true, "8.0", "linux-x64")]
    public void The_builder_follows_from_the_framework_and_what_is_made(string framework, bool musl, bool aot, string tag, string rid)
    {
        var set = Create(Project(Application with { Framework = framework, Musl = musl, NativeAot = aot }));
        Assert.AreEqual("mcr.microsoft.com/dotnet/sdk:" + tag, set.Stages[0].From);
        Assert.IsNull(set.Stages[0].Platform);
        Assert.Contains($"-r {rid} ", Commands(set)[^1]);
    }

    [TestMethod]
    [DataRow(false, "apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev && rm -rf /var/lib/apt/lists/*")]
    [DataRow(true, "apk add --no-cache build-base clang zlib-dev")]
    public void Where_no_image_with_a_linker_exists_it_is_installed(bool musl, string command) =>
        Assert.AreEqual(command, Commands(Create(Project(Application with { Framework = "9.0", Musl = musl, NativeAot = true })))[0]);

    [TestMethod]
    public void An_image_that_the_user_names_is_taken_as_it_is()
    {
        var set = Create(Project(Application with { Framework = "9.0", NativeAot = true, BuilderImage = "acme/sdk:9" }));
        Assert.AreEqual("acme/sdk:9", set.Stages[0].From);
        Assert.HasCount(2, Commands(set));
    }

    [TestMethod]
    public void For_another_processor_the_builder_runs_here_and_compiles_across()
    {
        var set = DotNetConvention.Create(Project(Application with { NativeAot = true }), Arm64, Amd64, new Dictionary<string, string>());
        Assert.AreEqual("linux/amd64", set.Stages[0].Platform);
        Assert.IsNull(set.Stages[1].Platform);
        Assert.Contains("gcc-aarch64-linux-gnu libc6-dev-arm64-cross", Commands(set)[0]);
        Assert.Contains("-r linux-arm64 ", Commands(set)[2]);
        Assert.EndsWith(" && rm -rf /var/lib/apt/lists/*; }", Commands(set)[0]);
    }

    [TestMethod]
    [DataRow("amd64", true, "CST3502", DisplayName = "Alpine has no cross compiler")]
    [DataRow("mips64le", false, "CST3501", DisplayName = "no .NET for the processor")]
    public void What_cannot_be_made_is_an_error_before_anything_runs(string architecture, bool musl, string code)
    {
        var project = Project(Application with { NativeAot = true, Musl = musl });
        var failure = Assert.ThrowsExactly<BuildFailedException>(() =>
            DotNetConvention.Create(
                project, new Platform { Os = "linux", Architecture = architecture }, Arm64, new Dictionary<string, string>()));
        Assert.AreEqual(code, failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public void What_was_published_on_this_machine_is_only_layered()
    {
        var set = Create(Project(Application with { PublishDirectory = "/srv/publish" }) with { BaseImage = "debian" });
        Assert.HasCount(1, set.Stages);
        Assert.AreEqual(new StageSource.Folder("/srv/publish"), set.Contexts.Find("published"));
        Assert.AreEqual(new StageSource.Folder("/srv/publish"), StageGraph.Create(set, null).Target.CopySources["published"]);
    }

    [TestMethod]
    public void What_was_published_for_each_platform_is_in_the_image_of_that_platform()
    {
        var application = Application with
        {
            PublishDirectory = "/srv/publish",
            PlatformDirectories = new Dictionary<string, string> { ["linux/amd64"] = "/srv/x64", ["linux/arm64"] = "/srv/arm64" },
        };
        Assert.AreEqual(new StageSource.Folder("/srv/x64"), Folder("amd64"));
        Assert.AreEqual(new StageSource.Folder("/srv/arm64"), Folder("arm64"));
        Assert.AreEqual(new StageSource.Folder("/srv/publish"), Folder("s390x"));

        StageSource? Folder(string architecture) =>
            DotNetConvention.Create(
                Project(application) with { BaseImage = "debian" },
                new Platform { Os = "linux", Architecture = architecture },
                Arm64,
                new Dictionary<string, string>()).Contexts.Find("published");
    }

    [TestMethod]
    public void No_Dockerfile_says_what_follows_from_a_publish()
    {
        var graph = StageGraph.Create(Create(Project(Application)), null);
        var problem = Assert.ThrowsExactly<BuildFailedException>(() => StageSelection.ForDockerfile(graph, [])).Diagnostics.Single();
        Assert.AreEqual("CST2603", problem.Code);
        Assert.Contains("ContainerStage items", problem.Message);
    }

    [TestMethod]
    [DataRow("error NETSDK1147: To build this project, the following workloads must be installed: wasi-experimental", "CST3503")]
    [DataRow("error : Platform linker ('clang' or 'gcc') not found in PATH. Ensure you have all the required prerequisites", "CST3504")]
    [DataRow("error NETSDK1045: The current .NET SDK does not support targeting .NET 11.0.", "CST3505")]
    [DataRow("A compatible .NET SDK was not found.", "CST3505")]
    [DataRow("MinVer : error MINVER1007: \"git\" is not present in PATH. [/src/app/App.csproj]", "CST3109")]
    [DataRow("/bin/sh: 1: git: not found", "CST3109")]
    [DataRow("error MSB4019: The imported project \"/src/eng/x.props\" was not found.", "CST3506")]
    [DataRow("error NU1301:   Response status code does not indicate success: 401 (Unauthorized).", "CST3507")]
    [DataRow("app/Program.cs(1,1): error CS0103: The name 'x' does not exist", null)]
    public void A_failure_is_told_with_its_next_step(string line, string? code)
    {
        var run = (RunInstruction)Create(Project(Application)).Stages[0].Instructions[^1];
        Assert.AreEqual(code, run.Explain!(["before", "  " + line, "after"])?.Code);
    }

    [TestMethod]
    public void Another_commit_is_another_publish_and_the_same_restore()
    {
        var (first, second) = (Commands(
            Create(Project(Application with { GitState = "1" }))), Commands(Create(Project(Application with { GitState = "2" }))));
        Assert.AreEqual(first[0], second[0]);
        Assert.AreNotEqual(first[1], second[1]);

        var told = Commands(
            Create(Project(Application with { PublishProperties = new Dictionary<string, string> { ["SourceRevisionId"] = "abc" } })));
        Assert.AreEqual(first[0], told[0]);
        Assert.Contains("-p:SourceRevisionId=abc", told[1]);
    }

    [TestMethod]
    public void An_application_that_is_one_file_is_named_by_it()
    {
        var commands = Commands(Create(Project(Application with { Project = "app/app.cs", AssetsFile = "" })));
        Assert.Contains("dotnet restore app/app.cs ", commands[0]);
        Assert.Contains("dotnet publish app/app.cs ", commands[1]);
        Assert.Contains("/dotnet/runfile/*/obj/project.assets.json | cut", commands[1]);
    }

    [TestMethod]
    public void Commands_see_what_the_machine_gives_and_their_own_mounts_win()
    {
        var set = MachineMounts.Add(Create(Project(Application)), new MachineAccess
        {
            Files = [new MachineFile("/etc/ssl/bundle.pem", "/etc/ssl/certs/ca-certificates.crt"), new MachineFile("/feeds", "/nuget")],
            Secrets = [new MachineSecret("V", null, "TOKEN")],
        });
        var run = (RunInstruction)set.Stages[0].Instructions[^1];
        Assert.AreSequenceEqual(
            [
                new CacheMount("/nuget") { Id = "containerstages-nuget" },
                new MachineMount("/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/bundle.pem"),
                new MachineSecretMount(null, "V", "TOKEN", true),
            ],
            run.Mounts.ToArray());
    }

    private static ProjectDefinition Project(DotNetApplication application) =>
        new() { File = "/repo/app/App.csproj", DotNet = application, Config = new ProjectImageConfig() };

    private static StageSet Create(ProjectDefinition project) =>
        DotNetConvention.Create(project, Amd64, Amd64, new Dictionary<string, string>());

    private static string[] Commands(StageSet set) =>
        [.. set.Stages[0].Instructions.OfType<RunInstruction>().Select(run => ((ShellForm)run.Command).Text)];

    private static string Text(StageSet set) => string.Join('\n', set.Stages.SelectMany(stage =>
        stage.Instructions.Select(instruction => instruction.Text)
            .Prepend($"FROM {stage.From}{(stage.Name is null ? "" : $" AS {stage.Name}")}")));
}
