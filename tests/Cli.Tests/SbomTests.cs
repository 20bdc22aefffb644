using System.Text.Json;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Bills of materials of real images, read again by the libraries that others publish.</summary>
[TestClass]
public sealed class SbomTests(TestContext test)
{
    private const string Distroless = """
        Package: tzdata
        Version: 2026a-0+deb12u1
        Architecture: all
        Maintainer: Debian <a@example.org>
        Description: zones
         of time

        """;

    private const string Alpine = """
        C:Q1qKcZ+j23xssAXmgQhkOO8dHnbWw=
        P:musl
        V:1.2.5-r10
        A:x86_64
        S:411684
        T:the musl c library (libc) implementation
        L:MIT
        o:musl
        F:lib
        R:ld-musl-x86_64.so.1
        a:0:0:755

        P:ssl_client
        V:1.37.0-r14
        A:x86_64
        L:GPL-2.0-only AND custom

        """;

    [TestMethod]
    public async Task The_packages_of_Debian_of_dotnet_and_of_a_program_in_go_are_found()
    {
        using var context = Hello.Context("""
            FROM golang:1.19 AS builder
            WORKDIR /src
            COPY . .
            RUN CGO_ENABLED=0 go build -o /hello .
            FROM mcr.microsoft.com/dotnet/aspnet:10.0
            COPY --from=builder /hello /usr/bin/hello
            COPY tests.deps.json /app/
            """);
        context.Write("go.mod", """
            module example.org/hello
            go 1.18
            require example.org/greet v1.2.3
            replace example.org/greet => ./greet
            """);
        context.Write("main.go", "package main\nimport \"example.org/greet\"\nfunc main() { println(greet.Hi()) }\n");
        context.Write("greet/go.mod", "module example.org/greet\ngo 1.18\n");
        context.Write("greet/greet.go", "package greet\nfunc Hi() string { return \"hi\" }\n");
        File.Copy(Path.Combine(AppContext.BaseDirectory, "ContainerStages.Cli.Tests.deps.json"), context.Combine("tests.deps.json"));

        var (spdx, cyclone) = await BuildAsync(context);

        var urls = UrlsOf(spdx);
        Assert.ContainsSingle(url => url.StartsWith("pkg:deb/debian/libc6@2.36-", StringComparison.Ordinal), urls);
        Assert.Contains(
            url => url.StartsWith("pkg:nuget/Microsoft.AspNetCore.App.Runtime.linux-x64@10.0.", StringComparison.Ordinal), urls);
        Assert.Contains("pkg:golang/example.org/hello", urls);
        Assert.Contains("pkg:golang/example.org/greet", urls);
        Assert.Contains(url => url.StartsWith("pkg:golang/stdlib@1.19", StringComparison.Ordinal), urls);
        Assert.Contains(
            url => url.Contains("repository_url=mcr.microsoft.com%2Fdotnet%2Faspnet", StringComparison.Ordinal), urls);
        var hashed = Packages(spdx).First(package =>
            package.TryGetProperty("checksums", out var sums) && Text(sums[0], "algorithm") == "SHA512");
        Assert.AreEqual("found in /app/tests.deps.json", hashed.GetProperty("sourceInfo").GetString());
        CollectionAssert.AreEquivalent(urls.ToArray(), UrlsOf(cyclone).ToArray(), "Both forms say the same.");
        var program = cyclone.GetProperty("components").EnumerateArray().Single(one => Text(one, "name") == "example.org/hello");
        Assert.AreEqual("application", Text(program, "type"));
        var parts = cyclone.GetProperty("dependencies").EnumerateArray().Single(one => Text(one, "ref") == Text(program, "bom-ref"));
        Assert.AreEqual(2, parts.GetProperty("dependsOn").GetArrayLength());
    }

    [TestMethod]
    public async Task The_packages_of_Alpine_and_of_distroless_images_are_found_where_they_are_seen()
    {
        using var context = Hello.Context("""
            FROM scratch
            COPY os-release /etc/
            COPY gone /var/lib/dpkg/status
            COPY installed /lib/apk/db/installed
            COPY tzdata /var/lib/dpkg/status.d/
            FROM alpine
            COPY --from=0 / /
            RUN rm /var/lib/dpkg/status
            """);
        context.Write("os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.23.0\n");
        context.Write("gone", "Package: gone\nVersion: 1\n");
        context.Write("installed", Alpine);
        context.Write("tzdata", Distroless);

        var (spdx, cyclone) = await BuildAsync(context);

        var urls = UrlsOf(spdx);
        Assert.Contains("pkg:apk/alpine/musl@1.2.5-r10?arch=x86_64&distro=alpine-3.23.0", urls);
        Assert.ContainsSingle(url => url.Contains("/tzdata@2026a-0%2Bdeb12u1?", StringComparison.Ordinal), urls);
        Assert.DoesNotContain(url => url.Contains("/gone@", StringComparison.Ordinal), urls);
        Assert.AreEqual("MIT", Text(Packages(spdx).Single(one => Text(one, "name") == "musl"), "licenseDeclared"));
        Assert.StartsWith("LicenseRef-", Text(Packages(spdx).Single(one => Text(one, "name") == "ssl_client"), "licenseDeclared"));
        Assert.Contains("\"name\": \"GPL-2.0-only AND custom\"", cyclone.GetRawText());
    }

    [TestMethod]
    public async Task The_same_image_gives_the_same_bytes_and_another_epoch_another_time()
    {
        using var context = Hello.Context("FROM mcr.microsoft.com/dotnet/aspnet:10.0 AS web\nFROM web\nCOPY main.go /\n");
        await BuildAsync(context);
        var (spdx, cyclone) = (await ReadAsync(context, "a.spdx.json"), await ReadAsync(context, "b.cdx.json"));

        await BuildAsync(context, "--no-cache");

        Assert.AreEqual(spdx, await ReadAsync(context, "a.spdx.json"));
        Assert.AreEqual(cyclone, await ReadAsync(context, "b.cdx.json"));
        await BuildAsync(context, "--build-arg", "SOURCE_DATE_EPOCH=1600000000");
        Assert.Contains("\"created\": \"2020-09-13T12:26:40Z\"", await ReadAsync(context, "a.spdx.json"));
    }

    [TestMethod]
    public async Task The_bill_of_an_image_for_two_platforms_has_both()
    {
        using var context = Hello.Context("FROM mcr.microsoft.com/dotnet/aspnet:10.0\nCOPY main.go /\n");

        var (spdx, _) = await BuildAsync(context, "--platform", "linux/amd64,linux/arm64", "--report", context.Combine("report.md"));

        Assert.HasCount(
            5, UrlsOf(spdx).Where(url => url.StartsWith("pkg:oci/", StringComparison.Ordinal)), "Index, two images, two bases.");
        Assert.MatchesRegex(@"\| +[0-9]{2} \| Debian", await ReadAsync(context, "report.md"));
    }

    [TestMethod]
    public async Task What_cannot_be_read_is_a_warning_and_the_image_is_published()
    {
        using var context = Hello.Context("""
            FROM alpine
            COPY main.go /var/lib/dpkg/status
            COPY main.go /var/lib/rpm/rpmdb.sqlite
            COPY deep /a.deps.json
            COPY other /b.deps.json
            """);
        context.Write("deep", string.Concat(Enumerable.Repeat("[", 100_000)));
        context.Write("other", "{\"libraries\":[]}");

        var built = await Hello.Program.BuildAsync(
            context.Path, "-t", $"damaged-{Guid.NewGuid():N}", "--sbom", context.Combine("a.spdx.json"));

        Assert.AreEqual(0, built.ExitCode, built.Report);
        Assert.HasCount(5, built.Error.Split("warning CST6513: The bill of materials lacks the packages that '/"));
        Assert.Contains("'/var/lib/dpkg/status' tells of: line 1 has no field.", built.Error);
        Assert.Contains("'/var/lib/rpm/rpmdb.sqlite' tells of: packages of rpm are not read.", built.Error);
        Assert.Contains("'/b.deps.json' tells of: it has no libraries.", built.Error);
    }

    [TestMethod]
    public async Task A_bill_that_cannot_be_written_is_a_warning_and_a_wrong_name_is_refused()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");

        var built = await Hello.Program.BuildAsync(
            context.Path, "-t", $"unwritten-{Guid.NewGuid():N}", "--sbom", context.Combine("no/a.cdx.json"));
        var refused = await Hello.Program.BuildAsync(context.Path, "--sbom=true");

        Assert.AreEqual(0, built.ExitCode, built.Report);
        Assert.Contains("warning CST6511: The bill of materials '", built.Error);
        Assert.Contains($"there is no folder '{context.Combine("no")}'", built.Error);
        Assert.AreEqual(2, refused.ExitCode, refused.Report);
        Assert.Contains(
            "--sbom true: the name of a bill of materials ends in .spdx.json or .cdx.json; it is a file, and nothing is attached",
            refused.Error);
    }

    private async Task<(JsonElement Spdx, JsonElement Cyclone)> BuildAsync(TempFolder context, params string[] arguments)
    {
        string[] files = [context.Combine("a.spdx.json"), context.Combine("b.cdx.json")];
        string[] all = ["-t", "bill", "--sbom", files[0], "--sbom", files[1], .. arguments];
        var built = await Hello.Program.BuildAsync(context.Path, all);
        Assert.AreEqual(0, built.ExitCode, built.Report);
        Assert.DoesNotContain("warning CST", built.Error);
        Assert.AreEqual("", string.Join('\n', await PublishedSchemas.CheckAsync("sbom.mjs", files)));
        return (Parse(await ReadAsync(context, "a.spdx.json")), Parse(await ReadAsync(context, "b.cdx.json")));
    }

    private Task<string> ReadAsync(TempFolder context, string name) => File.ReadAllTextAsync(context.Combine(name), test.CancellationToken);

    private static JsonElement Parse(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private static JsonElement.ArrayEnumerator Packages(JsonElement spdx) => spdx.GetProperty("packages").EnumerateArray();

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    /// <summary>All package URLs, whichever form has them.</summary>
    private static List<string> UrlsOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => [.. element.EnumerateObject().SelectMany(member => UrlsOf(member.Value))],
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(UrlsOf)],
        JsonValueKind.String when element.GetString()!.StartsWith("pkg:", StringComparison.Ordinal) => [element.GetString()!],
        _ => [],
    };
}
