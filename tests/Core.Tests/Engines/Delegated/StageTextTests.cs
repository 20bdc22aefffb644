using ContainerStages.Engines;
using ContainerStages.Planning;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>The Dockerfile that another engine gets: nothing in it is left to be expanded, and nothing of it is a secret.</summary>
[TestClass]
public sealed class StageTextTests : IDisposable
{
    private readonly EngineBench bench = new();
    private readonly FakeSources sources = new();

    public StageTextTests() => bench.AddImage("base", "one");

    public void Dispose() => bench.Dispose();

    [TestMethod]
    public void Words_are_expanded_and_bases_have_their_digests() => AreEqual(
        """
        FROM --platform=linux/amd64 registry.test/base@sha256:0 AS s0
        WORKDIR /src
        COPY c0/ /src/in/
        ARG VERSION="1 $\"x\" "
        RUN ["/bin/sh","-c","make $VERSION"]
        FROM scratch AS files
        COPY --from=s0 /out/app /kkkkkkkkkkkkkkkk/out/app
        """.Replace("\"1 $", "\"1 \\$", StringComparison.Ordinal),
        """
        FROM base AS builder
        WORKDIR /src
        ARG D=in
        COPY . $D/
        ARG VERSION='1 $"x" '
        RUN make $VERSION
        FROM scratch
        COPY --from=builder /out/app /
        """,
        "ARG D=\"in\"");

    [TestMethod]
    public void Users_scripts_and_mounts_are_those_of_the_plan() => AreEqual(
        """
        FROM --platform=linux/amd64 registry.test/base@sha256:0 AS s0
        USER 5:6
        RUN --mount=type=cache,target=/c,id=/c,sharing=locked,uid=5 --mount=type=bind,target=/b,source=c0 --mount=type=tmpfs,target=/t,size=1048576 --mount=type=bind,target=/dev/pipes/EOF,source=x0 --network=none ["/bin/sh","-c","/dev/pipes/EOF"]
        FROM scratch AS files
        COPY --from=s0 /out /kkkkkkkkkkkkkkkk/out
        """,
        """
        FROM base AS builder
        USER 5:6
        RUN --mount=type=cache,target=/c,sharing=locked,uid=5 --mount=target=/b,source=/x \
            --mount=type=tmpfs,target=/t,size=1m --network=none <<EOF
        #!/bin/python
        EOF
        FROM scratch
        COPY --from=builder /out/*.txt /
        """);

    [TestMethod]
    public void A_secret_that_is_a_variable_comes_as_a_file_and_one_that_the_build_has_not_as_an_empty_variable() => AreEqual(
        """
        FROM --platform=linux/amd64 registry.test/base@sha256:0 AS s0
        RUN --mount=type=secret,id=token,target=/run/secrets/token --mount=type=secret,id=token,target=/run/containerstages/0,mode=0444 ["/bin/sh","-c","TOKEN=\"$(cat '/run/containerstages/0'; echo .)\"; export TOKEN=\"${TOKEN%.}\"; export OTHER=; exec \"$@\"","sh","/bin/sh","-c","use"]
        FROM scratch AS files
        COPY --from=s0 / /kkkkkkkkkkkkkkkk/
        """,
        """
        FROM base AS builder
        RUN --mount=type=secret,id=token --mount=type=secret,id=token,env=TOKEN --mount=type=secret,id=absent,env=OTHER --mount=type=secret,id=absent use
        FROM scratch
        COPY --from=builder / /
        """);

    [TestMethod]
    public void A_variable_of_several_lines_goes_by_the_programs_environment()
    {
        AreEqual(
            """
            FROM --platform=linux/amd64 registry.test/base@sha256:0 AS s0
            ARG LINES
            RUN ["/bin/sh","-c","use"]
            FROM scratch AS files
            COPY --from=s0 /a /kkkkkkkkkkkkkkkk/a
            """,
            "FROM base AS builder\nARG LINES\nRUN use\nFROM scratch\nCOPY --from=builder /a /\n",
            arguments: new Dictionary<string, string> { ["LINES"] = "one\ntwo" });
        Assert.AreEqual("one\ntwo", sources.Passed["LINES"]);
    }

    [TestMethod]
    public void An_argument_does_not_reach_the_stages_above() => AreEqual(
        """
        FROM --platform=linux/amd64 registry.test/base@sha256:0 AS s0
        ARG A="1"
        RUN ["/bin/sh","-c","one"]
        FROM s0 AS s1
        RUN ["two","it's \"quoted\" <<EOF"]
        FROM scratch AS files
        COPY --from=s1 /a /kkkkkkkkkkkkkkkk/a
        """,
        """
        FROM base AS one
        ARG A=1
        RUN one
        FROM one AS two
        ARG A
        RUN ["two", "it's \"quoted\" <<EOF"]
        FROM scratch
        COPY --from=two /a /
        """,
        "ARG A=\"1\"\nRUN [\"two\"");

    /// <param name="without">Lines that may also be there: arguments in scope count for later commands.</param>
    private void AreEqual(string expected, string dockerfile, string? without = null, Dictionary<string, string>? arguments = null)
    {
        var split = PlanSplit.Of(bench.PlanOf(dockerfile, arguments));
        var text = StageText.Of(
            split.StagesFor(split.Reads.Select(read => read.Stage)),
            split.Reads,
            sources,
            _ => new string('k', 64)).Write();
        if (without is not null)
        {
            var last = without[(without.LastIndexOf('\n') + 1)..];
            text = text.Replace(without == last ? without + "\n" : without, without == last ? "" : last, StringComparison.Ordinal);
        }

        Assert.AreEqual(expected + "\n", text);
    }

    private sealed class FakeSources : IStageSources
    {
        public Dictionary<string, string> Passed { get; } = [];

        public string? EmptyFolder => null;

        public string NameOf(ImageBase image) => $"registry.test/{image.Reference.Repository["library/".Length..]}@sha256:0";

        public IReadOnlyList<string> PathsOf(PlannedCopy copy) => ["c0/"];

        public string PathOf(PlannedMachineMount mount) => "m0";

        public string PathOf(PlannedScript script) => "x0";

        public bool HasSecret(string id) => id == "token";

        public bool HasAgent(string id) => false;

        public string? SecretOf(PlannedMachineSecret secret) => null;

        public void Pass(string name, string value) => Passed[name] = value;

        public Exception Lacks(string what, PlanStep step) => new NotSupportedException(what);
    }
}
