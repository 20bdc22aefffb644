using System.Net.Sockets;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Contexts that somebody writes to during the build, or that hold what no build reads.</summary>
[TestClass]
public sealed class ChangingContextTests
{
    [TestMethod]
    [DataRow("COPY main.go /copied")]
    [DataRow("ADD main.go /copied")]
    [DataRow("COPY --link main.go /copied")]
    [DataRow("RUN --mount=type=bind,target=/ctx cp /ctx/main.go /copied")]
    [DataRow("COPY --from=named main.go /copied")]
    public async Task A_file_that_is_saved_during_a_build_is_stored_under_its_own_key(string instruction)
    {
        using var context = Hello.Context($"FROM alpine\nRUN echo {Guid.NewGuid():N}\n{instruction}\n");
        string[] contents = ["one", "two"];
        using (var stop = new CancellationTokenSource())
        {
            var saving = Task.Run(() => SaveAsync(context.Combine("main.go"), contents, stop.Token), CancellationToken.None);
            for (var i = 0; i < 3; i++)
            {
                Assert.Contains(await CopiedAsync(context.Path), contents);
            }

            await stop.CancelAsync();
            await saving;
        }

        foreach (var content in contents)
        {
            context.Write("main.go", content);
            Assert.AreEqual(content, await CopiedAsync(context.Path));
        }
    }

    [TestMethod]
    [DataRow("COPY . /x", "mkfifo pipe", "")]
    [DataRow("COPY . /x", "true", "warning CST4216: '$/socket' is a socket")]
    [DataRow("COPY socket /x", "true", "error CST4203: COPY found no 'socket'")]
    [DataRow("ADD nothing /x", "true", "error CST4203: ADD found no 'nothing'")]
    [DataRow("ADD main.go Dockerfile /x", "true", "error CST4204: ADD has several sources")]
    [DataRow("COPY nothing/*.txt /x", "true", "error CST4215: 'nothing/*.txt' names nothing")]
    [DataRow("COPY . /x", "ln -s /etc/hostname .dockerignore", "error CST4217: '$/.dockerignore' is a link")]
    [DataRow("COPY . /x", "ln -s ../nowhere Dockerfile.dockerignore", "error CST4217: '$/Dockerfile.dockerignore' is a link")]
    [DataRow("COPY . /x", "mv Dockerfile file && ln -s file Dockerfile", "")]
    [DataRow("COPY . /x", "ln -sf /etc/hostname Dockerfile", "error CST4217: '$/Dockerfile' is a link")]
    public async Task What_a_build_does_not_read_is_said(string instruction, string prepare, string expected)
    {
        using var context = Hello.Context($"FROM scratch\n{instruction}\n");
        await RealTool.RunAsync("sh", "-euc", $"cd \"$1\"; {prepare}", "sh", context.Path);
        using var socket = expected.Contains("socket", StringComparison.Ordinal) ? Listen(context.Combine("socket")) : null;
        var built = await Hello.Program.BuildAsync(context.Path);
        StringAssert.Contains(built.Error + built.Output, expected.Replace("$", context.Path, StringComparison.Ordinal));
        Assert.AreEqual(expected.StartsWith("error", StringComparison.Ordinal) ? 1 : 0, built.ExitCode, built.Error);
    }

    [TestMethod]
    public async Task The_file_that_the_output_goes_to_is_in_no_context()
    {
        using var context = Hello.Context("FROM scratch\nCOPY . /main/\nCOPY --from=named . /named/\n");
        using var elsewhere = new TempFolder();
        var link = elsewhere.Combine("link");
        Directory.CreateSymbolicLink(link, context.Path);
        var build = Hello.Program.CommandLine(
            "build",
            "--progress",
            "plain",
            "-t",
            $"test-{Guid.NewGuid():N}",
            "-o",
            elsewhere.Combine("files"),
            "--build-context",
            $"named={link}",
            link);
        var script = elsewhere.Write("build.sh", $"{build} 2> {context.Combine("errors.log")} | cat\n");

        // The script's own output goes to a file of the context too, and the program's own does not.
        await RealTool.RunAsync("sh", "-euc", "exec sh \"$1\" > \"$2\"", "sh", script, Path.Combine(link, "output.log"));

        foreach (var folder in new[] { "main", "named" })
        {
            Assert.AreSequenceEqual(["Dockerfile", "main.go"], Directory.GetFiles(elsewhere.Combine($"files/{folder}"))
                .Select(file => Path.GetFileName(file)!)
                .Order(StringComparer.Ordinal)
                .ToArray());
        }

        context.Write("Dockerfile", "FROM scratch\nCOPY errors.log /\n");
        var named = await RealTool.RunAsync("sh", "-c", "sh \"$1\" || true; cat \"$2\"", "sh", script, context.Combine("errors.log"));
        Assert.Contains("error CST4203: COPY found no 'errors.log'", named);
        Assert.Contains("this build's own output", named);
    }

    private static Socket Listen(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static async Task<string> CopiedAsync(string context)
    {
        var name = $"changing-{Guid.NewGuid():N}";
        var built = await Hello.Program.BuildAsync(context, "-t", name, "--build-context", $"named={context}");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        return (await Hello.Program.RunAsync("run", name, "cat", "/copied")).Output;
    }

    private static async Task SaveAsync(string path, string[] contents, CancellationToken stop)
    {
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            await File.WriteAllTextAsync(path, contents[i % 2], CancellationToken.None);
            await Task.Delay(Random.Shared.Next(150, 400), CancellationToken.None);
        }
    }
}
