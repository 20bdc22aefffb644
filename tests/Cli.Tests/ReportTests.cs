using System.Formats.Tar;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>Reports on an image: the verb, and --report of a build.</summary>
[TestClass]
public sealed class ReportTests(TestContext test)
{
    private const long LargestPage = 3_000_000;
    private const int LongestOpening = 2000;

    /// <summary>A browser of this machine; empty for the one that build/setup.sh fetched where apt has none.</summary>
    private static string Browser =>
        (from name in (string[])["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
         from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
         select Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? "";

    [TestMethod]
    public async Task The_page_is_used_in_a_browser_and_asks_nobody_for_anything()
    {
        using var context = Hello.Context("""
            FROM alpine AS tools
            RUN echo tool > /tool
            FROM alpine
            COPY main.go /data/one
            COPY main.go /data/two
            RUN rm /data/two && mkdir "/x<" && echo 1 > "/x</script><script>alert(1)" && echo 2 > "/<img src=x onerror=alert(1)>"
            COPY --from=tools /tool /usr/bin/tool
            """);
        var name = $"page-{Guid.NewGuid():N}";
        await BuildAsync(context.Path, "-t", name);
        context.Write("Dockerfile", "FROM alpine\nCOPY main.go /data/one\n");
        await BuildAsync(context.Path, "-t", name + ":before");
        var page = context.Combine("report.html");

        var reported = await Hello.Program.RunAsync("report", name, "--against", name + ":before", "-o", page);
        Assert.AreEqual(0, reported.ExitCode, reported.Report);
        Assert.AreEqual("", reported.Output + reported.Error);
        var seen = await BrowseAsync(page, "alert");

        Assert.AreEqual("[]", seen.GetProperty("messages").GetRawText());
        Assert.AreEqual("[]", seen.GetProperty("requests").GetRawText());
        Assert.AreEqual(name, seen.GetProperty("title").GetString());
        Assert.AreEqual(
            $"Overview, Layers and files, Layers, Largest files, In it twice, Against {name}:before",
            string.Join(", ", Texts(seen, "headings")));
        Assert.AreEqual("rgb(255, 255, 255)", seen.GetProperty("light").GetString());
        Assert.AreEqual("rgb(18, 23, 30)", seen.GetProperty("dark").GetString());
        Assert.HasCount(3, Texts(seen, "afterClick"), "A click enters the folder of the largest file.");
        Assert.AreEqual("bin", Texts(seen, "afterClick")[2]);
        Assert.HasCount(1, Texts(seen, "afterBack"));
        Assert.HasCount(2, Texts(seen, "layer"));
        Assert.Contains(row => row.EndsWith("%bin", StringComparison.Ordinal), Texts(seen, "inLayer"));
        CollectionAssert.AreEquivalent(
            (string[])["/x</script><script>alert(1)", "/<img src=x onerror=alert(1)>"], Texts(seen, "filtered"));
        Assert.IsFalse(seen.GetProperty("printedFilter").GetBoolean());
    }

    [TestMethod]
    public async Task The_page_of_60000_files_stays_small_and_opens_at_once()
    {
        using var folder = new TempFolder();
        var archive = folder.Combine("image.tar");
        WriteArchive(archive, Enumerable.Range(0, 60_000).Select(number =>
            $"app/node_modules/package-{number / 60}/lib/{(uint)(number * 2654435761L):x8}-module-{number % 60}.js"));
        var page = folder.Combine("report.html");

        var reported = await Hello.Program.RunAsync("report", "docker-archive:" + archive, "-o", page);
        Assert.AreEqual(0, reported.ExitCode, reported.Report);

        Assert.IsLessThan(LargestPage, new FileInfo(page).Length);
        var seen = await BrowseAsync(page, "module-59.js");
        Assert.AreEqual("[]", seen.GetProperty("messages").GetRawText());
        Assert.StartsWith("60,000 files", seen.GetProperty("allFiles").GetString());
        Assert.HasCount(100, Texts(seen, "filtered"));
        Assert.IsLessThan(LongestOpening, seen.GetProperty("milliseconds").GetInt32());
    }

    [TestMethod]
    public async Task Markdown_and_json_say_what_is_in_an_image_of_the_store_and_of_an_archive()
    {
        using var context = Hello.Context("FROM alpine\nCOPY main.go /one\nCOPY main.go /one\nRUN echo more >> /one\n");
        var name = $"forms-{Guid.NewGuid():N}";
        await BuildAsync(context.Path, "-t", name, "--output", $"type=oci,dest={context.Combine("image.tar")}");
        var (text, json) = (context.Combine("report.md"), context.Combine("report.JSON"));

        var reported = await Hello.Program.RunAsync("report", name, "-o", text, "-o", json);
        Assert.AreEqual(0, reported.ExitCode, reported.Report);
        var ofArchive = await Hello.Program.RunAsync(
            "report", "oci-archive:" + context.Combine("image.tar"), "-o", context.Combine("archive.json"));
        Assert.AreEqual(0, ofArchive.ExitCode, ofArchive.Report);

        var markdown = await File.ReadAllTextAsync(text, test.CancellationToken);
        Assert.Contains($"# `{name}`\n", markdown);
        Assert.Contains("| 74B | 2 | `/one` (replaced by layer ", markdown);
        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(json, test.CancellationToken));
        using var archive = JsonDocument.Parse(await File.ReadAllBytesAsync(context.Combine("archive.json"), test.CancellationToken));
        var image = document.RootElement.GetProperty("images")[0];
        Assert.AreEqual("linux/amd64", image.GetProperty("platform").GetString());
        Assert.AreEqual(
            image.GetProperty("layers").GetRawText(),
            archive.RootElement.GetProperty("images")[0].GetProperty("layers").GetRawText());
        var inspected = await Hello.Program.RunAsync("inspect", name, "--format", ".Size");
        Assert.AreEqual(inspected.Output.Trim(), image.GetProperty("size").GetRawText());
    }

    [TestMethod]
    [DataRow("report nosuch-{id}:1 -o {folder}/r.md", EngineExitCode.Failed, "error CST")]
    [DataRow("report {image} -o {folder}/report.txt", EngineExitCode.WrongUsage, "the name of a report ends in .html, .md, .json.")]
    [DataRow("report {image} -o {folder}/no/r.md", EngineExitCode.Failed, "CST6501: The report '{folder}/no/r.md' cannot be written: ")]
    [DataRow("report {image} -o /proc/r.html", EngineExitCode.Failed, "error CST6501: The report '/proc/r.html' cannot be written: ")]
    [DataRow("report {image} --against {image}", EngineExitCode.WrongUsage, "--against needs a file for the report")]
    [DataRow("report {image} {image} -o {folder}/r.md", EngineExitCode.WrongUsage, "a report is on one image")]
    [DataRow("build --report {folder}/r.pdf {folder}", EngineExitCode.WrongUsage, "the name of a report ends in .html, .md, .json.")]
    [DataRow("report {image} --platform moon -o {folder}/r.md", EngineExitCode.WrongUsage, "--platform moon: OS/ARCH is expected")]
    public async Task What_cannot_be_reported_is_said(string line, int code, string error)
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var name = $"refused-{Guid.NewGuid():N}";
        await BuildAsync(context.Path, "-t", name);

        var refused = await Hello.Program.RunAsync([.. line.Split(' ').Select(Fill)]);

        Assert.AreEqual(code, refused.ExitCode, refused.Report);
        Assert.Contains(Fill(error), refused.Error);

        string Fill(string text) => text
            .Replace("{folder}", context.Path, StringComparison.Ordinal)
            .Replace("{image}", name, StringComparison.Ordinal)
            .Replace("{id}", name, StringComparison.Ordinal);
    }

    /// <summary>An archive of one layer with a small file for each path. Source: Docker image specification 1.2.</summary>
    private static void WriteArchive(string file, IEnumerable<string> paths)
    {
        var layer = Tar(paths.Select((path, number) => (path, Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)))));
        var diffId = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(layer));
        File.WriteAllBytes(file, Tar(
        [
            ("manifest.json", """[{"Config":"config.json","RepoTags":["many:1"],"Layers":["layer.tar"]}]"""u8.ToArray()),
            ("config.json", Encoding.UTF8.GetBytes(
                $$$"""{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":["{{{diffId}}}"]}}""")),
            ("layer.tar", layer),
        ]));
    }

    private static byte[] Tar(IEnumerable<(string Name, byte[] Content)> files)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }
        }

        return tar.ToArray();
    }

    [TestMethod]
    public async Task A_build_says_what_its_image_would_weigh_in_one_stage()
    {
        using var context = Hello.Context();
        var (markdown, json) = (context.Combine("report.md"), context.Combine("report.json"));
        var built =
            await Hello.Program.BuildAsync(context.Path, "-t", $"one-stage-{Guid.NewGuid():N}", "--report", markdown, "--report", json);
        Assert.AreEqual(0, built.ExitCode, built.Report);

        using var document = JsonDocument.Parse(await File.ReadAllBytesAsync(json, test.CancellationToken));
        var image = document.RootElement.GetProperty("images")[0];
        var single = image.GetProperty("singleStage");
        Assert.AreEqual("golang:1.14.4-alpine", single.GetProperty("base").GetString());
        var (own, whole) = (image.GetProperty("compressedSize").GetInt64(), single.GetProperty("compressedSize").GetInt64());
        Assert.IsGreaterThan(5 * own, whole);
        var text = await File.ReadAllTextAsync(markdown, test.CancellationToken);
        Assert.Contains(
            $"In one stage, on `golang:1.14.4-alpine`, it would have at least {ByteSize.Format(whole)} compressed: this is ", text);

        context.Write("Dockerfile", "FROM alpine AS one\nCOPY main.go /\nFROM alpine\nCOPY --from=one /main.go /\n");
        var same = await Hello.Program.BuildAsync(context.Path, "-t", $"one-stage-{Guid.NewGuid():N}", "--report", json);
        Assert.AreEqual(0, same.ExitCode, same.Report);
        Assert.DoesNotContain("singleStage", await File.ReadAllTextAsync(json, test.CancellationToken));
    }

    [TestMethod]
    public async Task A_build_reports_itself_and_the_image_before_it()
    {
        using var context = Hello.Context("""
            FROM alpine AS tools
            RUN echo tool > /tool
            FROM alpine
            COPY . /app/
            COPY --from=tools /tool /usr/bin/tool
            """);
        var name = $"built-{Guid.NewGuid():N}";
        var report = context.Combine("report.md");
        string[] arguments = ["-t", name, "--report", report, "--report", context.Combine("missing/report.json")];

        var first = await Hello.Program.BuildAsync(context.Path, arguments);
        Assert.AreEqual(0, first.ExitCode, first.Report);
        Assert.HasCount(2, first.Error.Split("warning CST"));
        Assert.Contains("warning CST6501: The report '", first.Error);
        Assert.Contains("The image was published without it.", first.Error);
        var text = await File.ReadAllTextAsync(report, test.CancellationToken);
        Assert.Contains($"# `{name}:latest`\n", text);
        Assert.Contains("Base image: `alpine:latest sha256:", text);
        Assert.Contains(
            "`COPY . /app/` done; no result is here for this instruction, the content of ., the base image alpine:latest@", text);
        Assert.Contains("waits for `tools`", text);
        Assert.DoesNotContain("Against", text);

        Assert.AreEqual(first.Digest, (await Hello.Program.BuildAsync(context.Path, arguments)).Digest, "The report is in the image.");
        text = await File.ReadAllTextAsync(report, test.CancellationToken);
        Assert.Contains($"### Against `{name}:latest before`\n", text);
        Assert.Contains(" now (the same); ", text);
        Assert.DoesNotContain(" done", text);

        context.Write("other", "12345");
        Assert.AreEqual(0, (await Hello.Program.BuildAsync(context.Path, arguments)).ExitCode);
        text = await File.ReadAllTextAsync(report, test.CancellationToken);
        Assert.Contains(" now (+5B); ", text);
        Assert.Contains("|  | 5B | `/app/other` |", text);
        Assert.Contains("`tools`: `RUN echo tool > /tool` cached", text);
        Assert.Contains("; the step before it ran: COPY . /app/ |", text);
    }

    [TestMethod]
    public async Task The_page_of_a_build_for_two_platforms_has_one_report_with_a_choice()
    {
        using var context = Hello.Context("FROM scratch\nCOPY main.go /\n");
        var page = context.Combine("report.html");
        context.Write("app.deps.json", """{"libraries":{"Tomlyn/2.10.2":{"type":"package","sha512":""}}}""");
        context.Write("Dockerfile", "FROM scratch\nCOPY main.go app.deps.json /\n");
        string[] written = ["--report", page, "--sbom", context.Combine("a.cdx.json")];
        await BuildAsync([context.Path, "-t", $"two-{Guid.NewGuid():N}", "--platform", "linux/amd64,linux/arm64", .. written]);

        var seen = await BrowseAsync(page, "main");

        Assert.AreEqual("[]", seen.GetProperty("messages").GetRawText());
        CollectionAssert.AreEqual((string[])["linux/amd64", "linux/arm64"], Texts(seen, "platforms"));
        Assert.AreEqual("linux/arm64", seen.GetProperty("secondPlatform").GetString());
        Assert.Contains("Timeline of the build", Texts(seen, "headings"));
        Assert.AreEqual("1 package", string.Join(' ', Texts(seen, "packages")));
    }

    private static async Task BuildAsync(params string[] arguments)
    {
        var built = await Hello.Program.BuildAsync(arguments[0], arguments[1..]);
        Assert.AreEqual(0, built.ExitCode, built.Report);
    }

    private static string[] Texts(JsonElement seen, string name) =>
        [.. seen.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static async Task<JsonElement> BrowseAsync(string page, string word)
    {
        var output = await RealTool.RunAsync(
            "node",
            Repository.PathOf("src", "ReportPage", "test", "browse.mjs"),
            Repository.PathOf("artifacts", "page", "node_modules", "playwright-core"),
            Browser,
            page,
            word);
        using var seen = JsonDocument.Parse(output);
        return seen.RootElement.Clone();
    }
}
