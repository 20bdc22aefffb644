using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Planning;
using ContainerStages.Stages;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Planning;

[TestClass]
public sealed class PlannerTests
{
    private static readonly Platform Amd64 = new() { Os = "linux", Architecture = "amd64" };

    private static readonly ContainerConfig Golang = new()
    {
        Env = ["PATH=/go/bin:/usr/bin", "GOPATH=/go"],
        Cmd = ["sh"],
        WorkingDir = "/go",
    };

    [TestMethod]
    public void The_hello_world_of_the_Docker_docs_becomes_two_stages()
    {
        var plan = Plan("""
            FROM golang:1.14.4-alpine AS builder
            WORKDIR /go/src/app
            COPY main.go .
            RUN go build -o /go/bin/app main.go
            FROM alpine:latest
            COPY --from=builder /go/bin/app /usr/local/bin/app
            CMD ["app"]
            """);
        var builder = plan.Stages[0];
        Assert.AreSequenceEqual(
            new[] { typeof(WorkdirStep), typeof(CopyStep), typeof(RunStep) }, builder.Steps.Select(step => step.GetType()).ToArray());
        Assert.AreEqual("/go/src/app/", ((CopyStep)builder.Steps[1]).Copies[0].Destination);
        var run = (RunStep)builder.Steps[2];
        Assert.AreSequenceEqual(new[] { "/bin/sh", "-c", "go build -o /go/bin/app main.go" }, run.Arguments.ToArray());
        Assert.AreEqual("/go/src/app", run.WorkingDirectory);

        var copy = ((CopyStep)plan.Target.Steps.Single()).Copies.Single();
        Assert.AreSame(builder, ((FromStage)copy.From).Stage);
        Assert.AreSequenceEqual(new[] { "app" }, plan.Target.Config.Cmd!.ToArray());
    }

    [TestMethod]
    public void A_later_ARG_beats_ENV_in_commands_alone()
    {
        var plan = Plan("""
            FROM golang
            ENV A=env
            ARG A=arg
            ENV B=$A
            RUN true
            """);
        Assert.AreSequenceEqual(
            new[] { "PATH=/go/bin:/usr/bin", "GOPATH=/go", "A=arg", "B=arg" },
            plan.Target.Steps.OfType<RunStep>().Single().Environment.ToArray());
        Assert.AreSequenceEqual(new[] { "PATH=/go/bin:/usr/bin", "GOPATH=/go", "A=env", "B=arg" }, plan.Target.Config.Env!.ToArray());
    }

    [TestMethod]
    public void A_later_ENV_beats_ARG_and_both_reach_RUN()
    {
        var plan = Plan("""
            FROM golang
            ARG A=1
            ARG B=2
            ENV A=env C=$B
            RUN true
            """);
        Assert.AreSequenceEqual(
            new[] { "PATH=/go/bin:/usr/bin", "GOPATH=/go", "A=env", "C=2", "B=2" },
            plan.Target.Steps.OfType<RunStep>().Single().Environment.ToArray());
        Assert.AreSequenceEqual(new[] { "PATH=/go/bin:/usr/bin", "GOPATH=/go", "A=env", "C=2" }, plan.Target.Config.Env!.ToArray());
    }

    [TestMethod]
    public void Values_of_one_ENV_are_those_before_it()
    {
        var plan = Plan("""
            FROM scratch
            ENV abc=hello
            ENV abc=bye def=$abc
            """);
        CollectionAssert.Contains(plan.Target.Config.Env!.ToArray(), "def=hello");
    }

    [TestMethod]
    public void A_global_argument_needs_to_be_declared_in_the_stage()
    {
        var text = """
            ARG VERSION=1.2
            FROM scratch
            LABEL before=$VERSION
            ARG VERSION
            LABEL after=$VERSION
            """;
        var labels = Plan(text).Target.Config.Labels!;
        Assert.AreEqual("", labels["before"]);
        Assert.AreEqual("1.2", labels["after"]);
        Assert.AreEqual("9", Plan(text, ("VERSION", "9")).Target.Config.Labels!["after"]);
    }

    [TestMethod]
    public void A_stage_on_a_stage_inherits_configuration_and_arguments()
    {
        var plan = Plan("""
            FROM golang AS one
            ARG WHO=world
            WORKDIR /one
            USER app
            FROM one
            WORKDIR two
            LABEL hello=$WHO
            """);
        Assert.AreEqual("/one/two", plan.Target.Config.WorkingDir);
        Assert.AreEqual("app", plan.Target.Config.User);
        Assert.AreEqual("world", plan.Target.Config.Labels!["hello"]);
    }

    [TestMethod]
    public void ENTRYPOINT_resets_the_CMD_of_the_base_but_not_the_own_one()
    {
        Assert.IsNull(Plan("FROM golang\nENTRYPOINT [\"app\"]").Target.Config.Cmd);
        Assert.AreSequenceEqual(new[] { "x" }, Plan("FROM golang\nCMD [\"x\"]\nENTRYPOINT [\"app\"]").Target.Config.Cmd!.ToArray());
    }

    [TestMethod]
    public void SHELL_changes_the_commands_after_it()
    {
        var plan = Plan("""
            FROM golang
            SHELL ["/bin/busybox", "sh", "-ec"]
            RUN one
            CMD two
            """);
        Assert.AreSequenceEqual(
            new[] { "/bin/busybox", "sh", "-ec", "one" }, plan.Target.Steps.OfType<RunStep>().Single().Arguments.ToArray());
        Assert.AreSequenceEqual(new[] { "/bin/busybox", "sh", "-ec", "two" }, plan.Target.Config.Cmd!.ToArray());
    }

    [TestMethod]
    [DataRow("80", "80/tcp")]
    [DataRow("53/udp", "53/udp")]
    [DataRow("53/UDP", "53/udp")]
    [DataRow("8000-8002", "8000/tcp 8001/tcp 8002/tcp")]
    [DataRow("0", "0/tcp")]
    [DataRow("80/", "80/tcp")]
    [DataRow("8080:80", "80/tcp")]
    [DataRow(":80", "80/tcp")]
    [DataRow("127.0.0.1:8080:80/udp", "80/udp")]
    [DataRow("127.0.0.1::80", "80/tcp")]
    [DataRow("[::1]:8080:80", "80/tcp")]
    [DataRow("8000-8001:80", "80/tcp", DisplayName = "one port for any of several of the host")]
    [DataRow("8000-8001:80-81", "80/tcp 81/tcp")]
    public void EXPOSE_writes_ports_with_their_protocol(string written, string expected) =>
        Assert.AreEqual(expected, string.Join(' ', Plan($"FROM scratch\nEXPOSE {written}").Target.Config.ExposedPorts!.Keys));

    [TestMethod]
    [DataRow("EXPOSE 70000", "CST3101")]
    [DataRow("EXPOSE /tcp", "CST3101")]
    [DataRow("EXPOSE 80:", "CST3101")]
    [DataRow("EXPOSE x:80", "CST3101")]
    [DataRow("EXPOSE 1.2.3:80:80", "CST3101")]
    [DataRow("EXPOSE 1:2:3:4", "CST3101")]
    [DataRow("EXPOSE 8000-8002:80-81", "CST3101")]
    [DataRow("STOPSIGNAL SIGFOO", "CST3107")]
    [DataRow("STOPSIGNAL 0", "CST3107")]
    [DataRow("STOPSIGNAL SIGSIGTERM", "CST3107")]
    [DataRow("STOPSIGNAL RTMIN+16", "CST3107")]
    [DataRow("RUN --mount=type=$nothing,target=/x true", "CST2210")]
    [DataRow("RUN --mount=type=cache,target=/x,sharing=${nothing:-own} true", "CST2214")]
    [DataRow("EXPOSE 80/http", "CST3101")]
    [DataRow("EXPOSE 9-8", "CST3101")]
    [DataRow("VOLUME $nothing", "CST3102")]
    [DataRow("ADD --checksum=$nothing https://example.com/a b", "CST3102")]
    public void What_makes_no_sense_is_an_error_with_its_line(string instruction, string code)
    {
        var failed = Assert.ThrowsExactly<BuildFailedException>(() => Plan($"FROM scratch\n{instruction}"));
        Assert.AreEqual(code, failed.Diagnostics.Single().Code);
        Assert.AreEqual(2, failed.Diagnostics.Single().Location!.Value.Line);
    }

    [TestMethod]
    [DataRow("SIGTERM")]
    [DataRow("term")]
    [DataRow("9")]
    [DataRow("SIGRTMIN+15")]
    [DataRow("RTMAX-14")]
    [DataRow("SIGCLD")]
    public void STOPSIGNAL_stands_as_written(string signal) =>
        Assert.AreEqual(signal, Plan($"FROM scratch\nSTOPSIGNAL {signal}").Target.Config.StopSignal);

    [TestMethod]
    public void What_a_mount_is_may_stand_in_variables()
    {
        var plan = Plan("""
            FROM scratch AS files
            FROM golang
            ARG TYPE=cache SHARING=locked YES=true FILES=bind
            RUN --mount=type=$TYPE,target=/c,sharing=${SHARING},ro=$YES --mount=type=$FILES,from=files,target=/f,rw=$YES true
            """);
        var mounts = plan.Target.Steps.OfType<RunStep>().Single().Mounts;
        Assert.IsTrue(mounts[0] is PlannedCache { Target: "/c", Sharing: CacheSharing.Locked, ReadOnly: true });
        Assert.IsTrue(mounts[1] is PlannedBind { Target: "/f", ReadWrite: true, Files.From: FromStage { Stage.Name: "files" } });
    }

    [TestMethod]
    public void Caches_of_a_namespace_are_its_own() => Assert.AreSequenceEqual(
        new[] { "one//c", "one/go" },
        Plan(
            "FROM golang\nRUN --mount=type=cache,target=/c --mount=type=cache,id=go,target=/d true",
            new RecordedEvents(),
            ("BUILDKIT_CACHE_MOUNT_NS", "one"))
            .Target.Steps.OfType<RunStep>().Single().Mounts.OfType<PlannedCache>().Select(cache => cache.Id).ToArray());

    [TestMethod]
    public void No_id_of_a_build_names_the_cache_of_a_convention()
    {
        static string NameOf(PlannedCache cache) => ContainerStages.Engines.CacheFolders.NameOf(cache, "");
        var own = new PlannedCache("/c", "id", CacheSharing.Shared, null, false, new FileOwner(null, null, null));
        var kept = own with { Apart = ["go", "any base"] };
        Assert.AreNotEqual(NameOf(own), NameOf(kept));
        Assert.AreNotEqual(NameOf(kept), NameOf(own with { Id = "id\n\n\n\n\ngo\nany base" }));
        Assert.AreNotEqual(NameOf(kept), NameOf(own with { Apart = ["go", "sha256:1"] }));
    }

    [TestMethod]
    public void Arguments_of_the_builder_itself_need_no_ARG_and_reach_one_that_asks()
    {
        var events = new RecordedEvents();
        string[] names =
        [
            "BUILDKIT_CACHE_MOUNT_NS", "BUILDKIT_CONTEXT_KEEP_GIT_DIR", "BUILDKIT_DOCKERFILE_CHECK", "BUILDKIT_INLINE_CACHE",
            "BUILDKIT_MULTI_PLATFORM",
            "BUILDKIT_SANDBOX_HOSTNAME", "BUILDKIT_SBOM_SCAN_STAGE", "SOURCE_DATE_EPOCH",
        ];
        var plan = Plan("FROM scratch\nARG SOURCE_DATE_EPOCH\nENV A=$SOURCE_DATE_EPOCH", events, [.. names.Select(name => (name, "1"))]);
        Assert.IsEmpty(events.Events);
        Assert.Contains("A=1", plan.Target.Config.Env!);
    }

    [TestMethod]
    public void A_build_argument_that_nobody_takes_is_warned_about()
    {
        var events = new RecordedEvents();
        Plan("FROM scratch\nARG USED", events, ("USED", "1"), ("TYPO", "2"));
        var warning = events.Events.OfType<DiagnosticReported>().Single().Diagnostic;
        Assert.AreEqual("CST3104", warning.Code);
        StringAssert.Contains(warning.Message, "'TYPO'");
    }

    [TestMethod]
    [DataRow("--interval=1m30s", 90_000_000_000L)]
    [DataRow("--interval=1.5s", 1_500_000_000L)]
    [DataRow("--interval=+30s", 30_000_000_000L)]
    [DataRow("--interval=0s", null)]
    [DataRow("", null)]
    public void HEALTHCHECK_gives_nanoseconds(string options, long? expected) =>
        Assert.AreEqual(expected, Plan($"FROM scratch\nHEALTHCHECK {options} CMD true").Target.Config.Healthcheck!.Interval);

    [TestMethod]
    public void HEALTHCHECK_NONE_takes_the_one_of_the_base_away() =>
        CollectionAssert.AreEqual(
            new[] { "NONE" },
            Plan("FROM scratch AS a\nHEALTHCHECK CMD true\nFROM a\nHEALTHCHECK NONE").Target.Config.Healthcheck!.Test!.ToArray());

    [TestMethod]
    public void ONBUILD_stands_in_the_configuration_and_only_there()
    {
        var plan = Plan("FROM scratch\nONBUILD COPY . /app");
        CollectionAssert.AreEqual(new[] { "COPY . /app" }, plan.Target.Config.OnBuild!.ToArray());
        Assert.IsEmpty(plan.Target.Steps);
    }

    [TestMethod]
    [DataRow("https://example.com/a/b.git#v1:sub/dir", "https://example.com/a/b.git", "v1", "sub/dir")]
    [DataRow("https://example.com/a/b.git?ref=v2&subdir=x", "https://example.com/a/b.git", "v2", "x")]
    [DataRow("https://example.com/a/b.git?tag=v2", "https://example.com/a/b.git", "refs/tags/v2", ".")]
    [DataRow("https://example.com/a/b.git?branch=refs/heads/b", "https://example.com/a/b.git", "refs/heads/b", ".")]
    [DataRow("git@example.com:a/b.git", "git@example.com:a/b.git", null, ".")]
    [DataRow("ssh://git@example.com/a/b#main", "ssh://git@example.com/a/b", "main", ".")]
    [DataRow("git://example.com/a#:docs", "git://example.com/a", null, "docs")]
    public void A_git_source_is_read_in_its_parts(string text, string remote, string? reference, string folder)
    {
        var source = GitSource.TryParse(text)!;
        Assert.AreEqual((remote, reference, folder), (source.Remote, source.Reference, source.Folder));
    }

    [TestMethod]
    [DataRow("?depth=1")]
    [DataRow("?ref=")]
    [DataRow("?ref=a&ref=b")]
    [DataRow("?tag=a&branch=a")]
    [DataRow("?ref=a#b")]
    [DataRow("?subdir=a#:b")]
    [DataRow("?submodules=perhaps")]
    public void A_git_query_that_means_nothing_is_an_error(string query)
    {
        var failed = Assert.ThrowsExactly<BuildFailedException>(() => GitSource.TryParse("https://example.com/a.git" + query));
        Assert.AreEqual("CST4507", failed.Diagnostics.Single().Code);
    }

    [TestMethod]
    [DataRow("https://user:word@example.com/a.git", "https://user:***@example.com/a.git")]
    [DataRow("https://example.com:80/a@b", "https://example.com:80/a@b")]
    public void Passwords_of_addresses_are_not_shown(string address, string shown) =>
        Assert.AreEqual(shown, GitSource.WithoutPassword(address));

    [TestMethod]
    [DataRow("https://example.com/file.tar.gz")]
    [DataRow("dir/file.git")]
    [DataRow("file:///srv/repository.git")]
    [DataRow("ext::sh -c true")]
    [DataRow("--upload-pack=x@host:y")]
    public void What_is_no_git_source_is_none(string text) => Assert.IsNull(GitSource.TryParse(text));

    [TestMethod]
    [DataRow("ADD --checksum=sha256:12 http://example.com/x /x", "CST4402")]
    [DataRow("ADD --checksum=sha256:12 x /x", "CST4403")]
    public void What_cannot_be_added_is_refused(string instruction, string code) =>
        Assert.AreEqual(code, Assert.ThrowsExactly<BuildFailedException>(() => Plan($"FROM scratch\n{instruction}")).Diagnostics[0].Code);

    [TestMethod]
    public void The_text_of_a_document_keeps_its_quotes()
    {
        var step = (CopyStep)Plan("FROM scratch\nARG V=x\nCOPY <<A <<'B' /d/\n\"$V\" it's\nA\n$V\nB\n").Target.Steps[0];
        CollectionAssert.AreEqual(
            new[] { "\"x\" it's\n", "$V\n" }, step.Copies.Select(copy => ((FromDocument)copy.From).Content).ToArray());
    }

    private static BuildPlan Plan(string text, params (string Name, string Value)[] arguments) =>
        Plan(text, NoBuildEvents.Instance, arguments);

    private static BuildPlan Plan(string text, IBuildEvents events, params (string Name, string Value)[] arguments)
    {
        var values = arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal);
        var set = DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions { BuildArgs = values, Target = Amd64 });
        var graph = StageGraph.Create(set, null);
        var images = graph.Stages
            .SelectMany(node => node.CopySources.Values.Prepend(node.Base)
                .OfType<StageSource.Image>()
                .Select(image => new NamedBase(image.Reference, node.Stage.Platform)))
            .Distinct()
            .ToDictionary(name => name, name => Base(name.Reference));
        return Planner.Plan(graph, images, values, Amd64, events);
    }

    private static ImageBase Base(ImageReference reference) => new(
        reference,
        new Manifest { Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = Digest.Of("{}"u8), Size = 2 }, Layers = [] },
        new ImageConfig
        {
            Os = "linux",
            Architecture = "amd64",
            RootFs = new RootFs { DiffIds = [] },
            Config = Golang,
        });
}
