using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Other tools read what we write, and we what they write.</summary>
[TestClass]
public sealed class OtherToolsTests
{
    [TestMethod]
    [DataRow("oci-layout:{0}/layout:1")]
    [DataRow("oci-archive:{0}/oci.tar")]
    [DataRow("docker-archive:{0}/docker.tar")]
    [DataRow("oci-layout:{0}/by-skopeo:1", "skopeo", "copy", "-q", "oci:{0}/layout:1", "oci:{0}/by-skopeo:1")]
    [DataRow("oci-archive:{0}/by-skopeo.tar", "skopeo", "copy", "-q", "oci:{0}/layout:1", "oci-archive:{0}/by-skopeo.tar:1")]
    [DataRow("docker-archive:{0}/by-skopeo.tar", "skopeo", "copy", "-q", "oci:{0}/layout:1", "docker-archive:{0}/by-skopeo.tar:peer:1")]
    [DataRow("oci-layout:{0}/layout:2", "umoci", "tag", "--image", "{0}/layout:1", "2")]
    [DataRow(
        "oci-layout:{0}/umoci:1",
        "sh",
        "-c",
        "umoci init --layout {0}/umoci && umoci new --image {0}/umoci:1 && umoci insert --image {0}/umoci:1 {0}/main.go /main.go")]
    [DataRow(
        "oci-layout:{0}/layout:3", "sh", "-c", "umoci unpack --image {0}/layout:1 {0}/bundle && echo more > {0}/bundle/rootfs/more && " +
        "umoci repack --image {0}/layout:3 {0}/bundle")]
    public async Task An_image_made_by_another_tool_is_a_base(string source, params string[] tool)
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var built = await Hello.Program.BuildAsync(
            context.Path,
            "-t",
            "peer:1",
            "-o",
            $"type=oci-layout,dest={context.Combine("layout")}",
            "-o",
            $"type=oci,dest={context.Combine("oci.tar")}",
            "-o",
            $"type=docker,dest={context.Combine("docker.tar")}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        string[] command = [.. tool.Select(argument => argument.Replace("{0}", context.Path, StringComparison.Ordinal))];
        if (command is [var program, .. var arguments])
        {
            await RealTool.RunAsync(program, arguments);
        }

        context.Write("Dockerfile", "FROM base\nCOPY --from=base /main.go /copy.go\n");
        var value = source.Replace("{0}", context.Path, StringComparison.Ordinal);
        var again = await Hello.Program.BuildAsync(context.Path, "--build-context", $"base={value}", "-o", context.Combine("files"));
        Assert.AreEqual(0, again.ExitCode, again.Error);
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "main.go")));
        Assert.AreEqual(Hello.Main, await File.ReadAllTextAsync(context.Combine("files", "copy.go")));
    }

    [TestMethod]
    [DataRow("oci-layout:{0}/nothing", "CST6201")]
    [DataRow("oci-layout:{0}", "CST6202")]
    [DataRow("oci-archive:{0}/main.go", "CST6202")]
    [DataRow("oci-layout:{0}/layout:2", "CST6203")]
    public async Task What_is_no_image_is_told(string source, string code)
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var built = await Hello.Program.BuildAsync(context.Path, "-t", "peer:1", "-o", $"type=oci-layout,dest={context.Combine("layout")}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        context.Write("Dockerfile", "FROM base\n");
        var failed = await Hello.Program.BuildAsync(
            context.Path, "--build-context", $"base={source.Replace("{0}", context.Path, StringComparison.Ordinal)}");
        Assert.AreEqual(1, failed.ExitCode);
        StringAssert.Contains(failed.Error, code);
    }

    [TestMethod]
    public async Task A_Dockerfile_reads_no_layout_outside_its_context()
    {
        using var context = Hello.Context("FROM oci-layout:../elsewhere\n");
        StringAssert.Contains((await Hello.Program.BuildAsync(context.Path)).Error, "CST3301");
    }

    [TestMethod]
    public async Task Layers_are_zstd_where_that_is_wanted_and_Docker_names_are_refused_then()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var built = await Hello.Program.BuildAsync(
            context.Path,
            "-t",
            "peer:1",
            "-o",
            $"type=oci,dest={context.Combine("oci.tar")},compression=zstd,compression-level=19,annotation.a=b");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var manifest = await RealTool.RunAsync("skopeo", "inspect", "--raw", $"oci-archive:{context.Combine("oci.tar")}");
        StringAssert.Contains(manifest, "tar+zstd");
        StringAssert.Contains(manifest, "\"annotations\":{\"a\":\"b\"}");
        StringAssert.Contains(
            (await Hello.Program.BuildAsync(context.Path, "-o", "type=image,compression=zstd,oci-mediatypes=false")).Error, "CST6303");
    }

    [TestMethod]
    public async Task A_destination_that_fails_tells_which_were_done()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var failed = await Hello.Program.BuildAsync(
            context.Path,
            "-t",
            "peer:1",
            "-o",
            $"type=oci,dest={context.Combine("oci.tar")}",
            "-o",
            $"type=oci,dest={context.Combine("main.go", "x.tar")}");
        Assert.AreEqual(1, failed.ExitCode);
        StringAssert.Contains(failed.Error, "CST6302");
        Assert.IsTrue(File.Exists(context.Combine("oci.tar")));
    }
}
