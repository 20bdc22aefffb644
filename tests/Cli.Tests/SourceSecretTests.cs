using System.Net;
using System.Text;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>
/// Credentials for what ADD and contexts fetch, limits of downloads, and git submodules. Source: BuildKit, source/http and source/git.
/// </summary>
[TestClass]
public sealed class SourceSecretTests
{
    private static readonly Dictionary<string, string> Secret = new(StringComparer.Ordinal) { ["TOKEN"] = "very-secret-value" };

    [TestMethod]
    [DataRow("HTTP_AUTH_TOKEN_127.0.0.1", "Bearer very-secret-value")]
    [DataRow("HTTP_AUTH_HEADER_127.0.0.1", "very-secret-value")]
    [DataRow("HTTP_AUTH_TOKEN_example.com", null)]
    public async Task A_download_carries_the_secret_of_its_own_server_and_of_no_other(string id, string? expected)
    {
        await using var other = new HeaderServer(null);
        await using var server = new HeaderServer(null);
        await using var redirecting = new HeaderServer(other.Address + "elsewhere");
        using var store = new TempFolder();
        using var context = Hello.Context($"FROM scratch\nADD {server.Address}one /one\nADD {redirecting.Address}two /two\n");
        var built = await new StagesProgram(store.Path).RunAsync(
            Secret, ["build", "--progress", "plain", "--secret", $"id={id},env=TOKEN", "-t", "added", context.Path]);
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.AreSequenceEqual((string?[])[expected], server.Authorizations);
        Assert.AreSequenceEqual((string?[])[expected], redirecting.Authorizations);
        Assert.AreSequenceEqual((string?[])[null], other.Authorizations);
        Assert.DoesNotContain("very-secret-value", built.Output + built.Error);
        var held = await RealTool.RunAsync("sh", "-c", $"grep -rl very-secret-value {store.Path} || true");
        Assert.AreEqual("", held.Trim());
    }

    [TestMethod]
    [DataRow("GIT_AUTH_TOKEN", "basic eC1hY2Nlc3MtdG9rZW46dmVyeS1zZWNyZXQtdmFsdWU=")]
    [DataRow("GIT_AUTH_HEADER", "very-secret-value")]
    [DataRow("GIT_AUTH_TOKEN.HOST", "basic eC1hY2Nlc3MtdG9rZW46dmVyeS1zZWNyZXQtdmFsdWU=")]
    [DataRow("GIT_AUTH_TOKEN.example.com", null)]
    public async Task A_repository_is_asked_for_with_the_secret_and_never_where_a_redirect_leads(string id, string? expected)
    {
        await using var other = new HeaderServer(null);
        await using var server = new HeaderServer(other.Address + "info/refs");
        using var context = Hello.Context($"FROM scratch\nADD {server.Address}repository.git /one\n");
        var host = new Uri(server.Address).Authority;
        var built =
            await Hello.Program.RunAsync(Secret, [
                "build",
                "--progress",
                "plain",
                "--secret",
                $"id={id.Replace("HOST", host, StringComparison.Ordinal)},env=TOKEN",
                context.Path,
            ]);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, "CST4408");
        Assert.AreEqual(expected, server.Authorizations[0]);
        Assert.IsTrue(other.Authorizations.All(sent => sent is null), "The redirect took the secret along.");
        Assert.DoesNotContain("very-secret-value", built.Output + built.Error);
    }

    [TestMethod]
    public async Task A_secret_that_would_be_two_headers_is_refused()
    {
        using var context = Hello.Context("FROM scratch\nADD http://127.0.0.1:1/x /x\n");
        var secrets = new Dictionary<string, string>(StringComparer.Ordinal) { ["TOKEN"] = "a\nX-Other: b" };
        var built = await Hello.Program.RunAsync(
            secrets, ["build", "--progress", "plain", "--secret", "id=HTTP_AUTH_TOKEN_127.0.0.1,env=TOKEN", context.Path]);
        StringAssert.Contains(built.Error, "CST4508");
    }

    [TestMethod]
    public async Task An_answer_larger_than_the_limit_is_an_error_and_leaves_nothing()
    {
        await using var server = new FileServer(new string('x', 5000));
        using var store = new TempFolder();
        using var context = Hello.Context($"FROM scratch\nADD {server.Address}file.txt /x\n");
        var limit = new Dictionary<string, string>(StringComparer.Ordinal) { ["CONTAINERSTAGES_MAX_DOWNLOAD"] = "4k" };
        var built = await new StagesProgram(store.Path).RunAsync(limit, ["build", "--progress", "plain", context.Path]);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, "CST4506");
        Assert.IsEmpty(Directory.EnumerateFiles(Path.Combine(store.Path, "downloads")));
    }

    [TestMethod]
    public async Task Without_git_a_repository_is_an_error_that_says_so()
    {
        using var empty = new TempFolder();
        using var context = Hello.Context("FROM scratch\nADD https://example.com/repository.git /x\n");
        File.CreateSymbolicLink(empty.Combine("unshare"), "/usr/bin/unshare");
        var built = await Hello.Program.RunAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["PATH"] = empty.Path },
            ["build", "--progress", "plain", context.Path]);
        Assert.AreEqual(1, built.ExitCode, built.Output);
        StringAssert.Contains(built.Error, "Dockerfile(2");
        StringAssert.Contains(built.Error, "CST4407");
    }

    [TestMethod]
    [DataRow("", "inner/sub/file top")]
    [DataRow("?submodules=false", "top")]
    public async Task Submodules_come_along_unless_they_are_not_wanted(string query, string expected)
    {
        using var server = await GitServer.StartAsync(withSubmodule: true);
        using var context = Hello.Context($"FROM scratch\nADD {server.OuterAddress}{query} /\n");
        using var output = new TempFolder();
        var built = await Hello.Program.BuildAsync(context.Path, "-o", output.Combine("out"));
        Assert.AreEqual(0, built.ExitCode, built.Error);
        var files = Directory.EnumerateFiles(output.Combine("out"), "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(output.Combine("out"), path));
        Assert.AreEqual(
            expected,
            string.Join(' ', files.Where(name => name != ".gitmodules" && !name.EndsWith("Dockerfile", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    public async Task Hard_links_of_an_archive_stay_hard_links()
    {
        using var context =
            Hello.Context("FROM alpine\nADD a.tar /t/\nRUN stat -c '%h %i' /t/one /t/two | sort -u | wc -l; stat -c %h /t/one\n");
        await RealTool.RunAsync("sh", "-c", $"cd {context.Path} && echo x > one && ln one two && tar -cf a.tar one two && rm one two");
        var built = await Hello.Program.BuildAsync(context.Path, "--no-cache");
        Assert.AreEqual(0, built.ExitCode, built.Error);
        Assert.MatchesRegex(@"\b1\b[^\n]*\n[^\n]*\b2\b", built.Error);
    }

    [TestMethod]
    public async Task A_linked_layer_knows_no_names()
    {
        using var context = Hello.Context("FROM alpine\nCOPY --link --chown=root main.go /\n");
        var built = await Hello.Program.BuildAsync(context.Path);
        StringAssert.Contains(built.Error, "Dockerfile(2");
        StringAssert.Contains(built.Error, "CST4512");
    }

    /// <summary>A web server that notes the Authorization of each request and sends a text, or elsewhere.</summary>
    private sealed class HeaderServer(string? redirect) : LoopbackWebServer
    {
        private readonly List<string?> authorizations = [];

        public IReadOnlyList<string?> Authorizations => authorizations;

        protected override Task AnswerAsync(HttpListenerContext request)
        {
            authorizations.Add(request.Request.Headers["Authorization"]);
            if (redirect is not null)
            {
                request.Response.Redirect(redirect);
            }
            else
            {
                request.Response.OutputStream.Write(Encoding.UTF8.GetBytes("text"));
            }

            request.Response.Close();
            return Task.CompletedTask;
        }
    }
}
