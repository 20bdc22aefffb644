using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>The files of an image as a folder or one tar.</summary>
[TestClass]
public sealed class OutputTests
{
    private const string LinkedFiles = """
        FROM --platform=$BUILDPLATFORM alpine AS builder
        RUN mkdir -p /h/d && cd /h && echo hello > a && ln a b && ln a d/c && ln a parted && chmod 640 a
        RUN echo more > /h/other && rm /h/parted && echo own > /h/parted
        FROM scratch
        COPY --from=builder /h /h
        """;

    private static readonly string[] Links = ["640 3 a", "640 3 b", "640 3 d/c", "644 1 other", "644 1 parted"];

    [TestMethod]
    [DataRow("", "")]
    [DataRow("", "", "--target", "builder")]
    [DataRow("linux_arm64", "linux_arm64/", "--platform", "linux/amd64,linux/arm64")]
    public async Task Hard_links_stay_hard_links(string folder, string prefix, params string[] arguments)
    {
        using var context = Hello.Context(LinkedFiles);
        for (var time = 0; time < 2; time++)
        {
            var built = await Hello.Program.BuildAsync(
                context.Path,
                [.. arguments, "-o", $"type=tar,dest={context.Combine("out.tar")}", "-o", $"type=local,dest={context.Combine("out")}"]);
            Assert.AreEqual(0, built.ExitCode, built.Error);
        }

        var found = await RealTool.RunAsync(
            "sh", "-c", "cd \"$1\" && stat -c '%a %h %n' a b d/c other parted", "sh", context.Combine("out", folder, "h"));
        Assert.AreSequenceEqual(Links, found.Trim().Split('\n'));
        var listing = await RealTool.RunAsync("tar", "-tvf", context.Combine("out.tar"));
        Assert.Contains($" {prefix}h/b link to {prefix}h/a\n", listing);
        Assert.Contains($" {prefix}h/d/c link to {prefix}h/a\n", listing);
        Assert.AreEqual("own\n", await RealTool.RunAsync("tar", "-xOf", context.Combine("out.tar"), $"{prefix}h/parted"));
    }
}
