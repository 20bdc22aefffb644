using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// What a person sees while a build takes long: on a real terminal, and in a log. The base image comes over a slow line, and a command
/// takes its time.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed partial class WhatIsShownTests(TestContext context)
{
    private const int BytesPerSecond = 300_000;

    [TestMethod]
    public async Task A_log_has_lines_for_each_step_that_takes_long_and_no_control_characters()
    {
        using var project = await UserProject.CreateAsync(context);
        await using var registry = new SlowForwarder(Port, BytesPerSecond);
        project.Write("slow.imageproj", Image(seconds: 4));

        var built = (await project.DotnetAsync(Environment(project, registry), "build", "--tl:off", "-v:minimal")).ShouldSucceed().Output;

        Assert.MatchesRegex(@"(?m)^  slow: pull alpine:latest, [0-9.]+[kM]B of 1\.04MB$", built);
        Assert.MatchesRegex(@"(?m)^  slow: pull alpine:latest done in [0-9.]+s$", built);
        Assert.MatchesRegex(@"(?m)^  slow: \[all\] RUN sleep 4 && echo slept\.well \.\.\.$", built);
        Assert.MatchesRegex(@"(?m)^  slow: \[all\] RUN sleep 4 && echo slept\.well done in [0-9.]+s$", built);
        Assert.DoesNotContain("\e", built);
        Assert.DoesNotContain("COPY", built, "What ends soon is no line.");
    }

    [TestMethod]
    public async Task The_live_lines_of_a_terminal_name_the_step_of_each_project()
    {
        using var project = await UserProject.CreateAsync(context);
        await using var registry = new SlowForwarder(Port, BytesPerSecond);
        project.Write("first/first.imageproj", Image(seconds: 5));
        project.Write("second/second.imageproj", Image(seconds: 6));
        project.Write("both.slnx", """
            <Solution>
              <Project Path="first/first.imageproj" Type="9A19103F-16F7-4668-BE54-9A1E7A4F7556" />
              <Project Path="second/second.imageproj" Type="9A19103F-16F7-4668-BE54-9A1E7A4F7556" />
            </Solution>
            """);

        var (exitCode, screen) = await OnTerminalAsync(project, registry, "build", "both.slnx");

        Assert.AreEqual(0, exitCode, screen);
        Assert.MatchesRegex(@"(first|second) +pull alpine:latest, 1․04MB \(", screen);
        Assert.MatchesRegex(@"first +\[all\] RUN sleep 5 && echo slept․well \(", screen);
        Assert.MatchesRegex(@"second +\[all\] RUN sleep 6 && echo slept․well \(", screen);
        Assert.MatchesRegex(@"first .*succeeded \([0-9.]+s\) → first:latest@sha256:", screen);
        Assert.MatchesRegex(@"Build succeeded in [0-9.]+s", screen);
        Assert.IsEmpty(Directory.EnumerateFiles(project.Folder, "*.step-*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public async Task A_first_run_shows_on_a_terminal_what_it_waits_for()
    {
        using var project = await UserProject.CreateAsync(context);
        await using var registry = new SlowForwarder(Port, BytesPerSecond);
        project.Write("slow.imageproj", Image(seconds: 4));

        var (exitCode, screen) = await OnTerminalAsync(project, registry, "run");

        Assert.AreEqual(0, exitCode, screen);
        Assert.MatchesRegex(@"  slow pull alpine:latest, [0-9.]+[kM]B of 1\.04MB \([0-9]+s\)", screen);
        Assert.MatchesRegex(@"  slow \[all\] RUN sleep 4 && echo slept\.well \([0-9]+s\)", screen);
        Assert.Contains("Hello", screen);
    }

    [TestMethod]
    public async Task Ctrl_C_on_a_terminal_ends_a_build_whose_step_is_shown()
    {
        using var project = await UserProject.CreateAsync(context);
        await using var registry = new SlowForwarder(Port, BytesPerSecond * 10);
        project.Write("slow.imageproj", Image(seconds: 54321));
        const string Press = "until grep -q 'RUN sleep 54321' typescript; do sleep 0.2; done; sleep 1; printf '\\003'";

        // The shell of the terminal gets Ctrl-C too, and some end with 130 for it: the build takes its place.
        const string Run = "script --quiet --return --flush --command 'stty cols 120 rows 40; exec dotnet build' typescript";
        var ran = await project.RunAsync("bash", Environment(project, registry), "-c", $"touch typescript; ({Press}) | {Run}");

        var screen = Controls().Replace(project.Read("typescript"), "");
        Assert.AreEqual(1, ran.ExitCode, screen);
        Assert.MatchesRegex(@"Build failed in [0-9.]+s", screen);
        Assert.DoesNotContain("   at ", screen);
        Assert.IsEmpty(RunningProcesses.Find("sleep 54321"), "Nothing runs any more.");
    }

    private static int Port => int.Parse(
        System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY")!.Split(':')[1],
        System.Globalization.CultureInfo.InvariantCulture);

    private static string Image(int seconds) => $"""
        <Project Sdk="ContainerStages.Sdk/0.1.0">
          <ItemGroup>
            <ContainerStage Include="all" From="alpine:latest">
              <Steps>
                RUN sleep {seconds} &amp;&amp; echo slept.well
                CMD ["echo", "Hello"]
              </Steps>
            </ContainerStage>
          </ItemGroup>
        </Project>
        """;

    // A store of its own, so that the image is fetched.
    private static Dictionary<string, string> Environment(UserProject project, SlowForwarder registry)
    {
        project.Write("registries.conf", $"""
            [[registry]]
            location = "docker.io"
              [[registry.mirror]]
              location = "localhost:{registry.Port}"
              insecure = true
            """);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["CONTAINERS_REGISTRIES_CONF"] = project.Full("registries.conf"),
            ["CONTAINERSTAGES_STORE"] = project.Full(".store"),
            // A pipeline's own variables (CI, TF_BUILD) would switch live lines off on a terminal too.
            ["MSBUILDTERMINALLOGGER"] = "on",
            ["TERM"] = "xterm-256color",
        };
    }

    /// <summary>All that was ever on the screen, without what moves the cursor.</summary>
    private static async Task<(int ExitCode, string Screen)> OnTerminalAsync(
        UserProject project, SlowForwarder registry, params string[] arguments)
    {
        var command = $"stty cols 120 rows 40; dotnet {string.Join(' ', arguments)}";
        var ran = await project.RunAsync(
            "script", Environment(project, registry), "--quiet", "--return", "--flush", "--command", command, project.Full("typescript"));
        return (ran.ExitCode, Controls().Replace(project.Read("typescript"), ""));
    }

    [GeneratedRegex(@"\e\[[0-9;?]*[A-Za-z]|\e\][^\a\e]*(\a|\e\\)|\e[=>78]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Controls();
}
