using System.IO.Compression;
using System.Text.RegularExpressions;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// What users can name is our public API. It stands in <c>public-names.txt</c> and changes only on purpose: run with UPDATE_GOLDEN=1 to
/// write the file anew.
/// </summary>
[TestClass]
public sealed partial class PublicNamesTests(TestContext context)
{
    [TestMethod]
    public async Task Every_package_has_a_page_a_license_and_words_to_be_found_by()
    {
        await PackedSdk.GetAsync();
        var packages = Directory.GetFiles(Repository.File("artifacts/packages"), "*.nupkg");
        Assert.IsGreaterThanOrEqualTo(4, packages.Length);
        foreach (var package in packages)
        {
            using var archive = ZipFile.OpenRead(package);
            using var reader = new StreamReader(archive.Entries.Single(entry =>
                entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open());
            var about = await reader.ReadToEndAsync();
            Assert.Contains("<readme>README.md</readme>", about, package);
            Assert.Contains("<license type=\"expression\">MIT</license>", about, package);
            Assert.Contains("<tags>", about, package);
            Assert.Contains("<icon>icon.png</icon>", about, package);
            Assert.IsNotNull(archive.GetEntry("icon.png"), package);
            Assert.IsGreaterThan(200, archive.GetEntry("README.md")!.Length, package);
        }
    }

    [TestMethod]
    public async Task Errors_lead_to_their_sections_in_the_package()
    {
        using var project = await UserProject.CopyOfSampleAsync("hello-go-minimal", context);
        var properties = await project.PropertiesAsync(["_ContainerStagesHelpPage"]);
        var page = new Uri(properties.GetProperty("_ContainerStagesHelpPage").GetString()!);
        var text = await File.ReadAllTextAsync(page.LocalPath);
        Assert.Contains("\n### CST1022\n", text);
        var codes = Links().Matches(Text("src/Sdk", "*.targets")).Select(match => match.Groups["code"].Value).ToList();
        Assert.IsNotEmpty(codes);
        Assert.IsEmpty(codes.Where(code => !text.Contains($"\n### {code.ToUpperInvariant()}\n", StringComparison.Ordinal)).ToList());
    }

    [TestMethod]
    public void The_public_names_are_those_of_the_golden_file()
    {
        var golden = Repository.File("tests/Sdk.Tests/public-names.txt");
        var actual =
            string.Join('\n', Sections().SelectMany(section => section.Names.Prepend($"# {section.Title}").Append(""))).TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, actual);
        }

        Assert.AreEqual(File.ReadAllText(golden), actual);
    }

    [TestMethod]
    public void Every_public_name_is_in_the_documentation()
    {
        var documentation = File.ReadAllText(Repository.File("docs/project-language.md"));
        var missing = Sections()
            .Where(section => section.Title is "properties" or "items" or "targets")
            .SelectMany(section => section.Names)
            .Where(name => !Regex.IsMatch(documentation, $@"\b{name}\b", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .ToList();
        Assert.IsEmpty(missing, string.Join(", ", missing));
    }

    private static (string Title, List<string> Names)[] Sections()
    {
        var msbuild = Text("src/Sdk", "*.props") + Text("src/Sdk", "*.targets");
        var code = Text("src", "*.cs");
        return
        [
            ("properties", Names(Property().Matches(msbuild))),
            ("items", Names(Item().Matches(msbuild))),
            ("metadata", Names(Metadata().Matches(Text("src/Tasks", "*.cs")))
                .Where(name => !name.StartsWith("Container", StringComparison.Ordinal)
                    && name is not ("DefiningProjectFullPath" or "Instead")).ToList()),
            ("targets", Names(Target().Matches(msbuild))),
            ("codes", Names(Code().Matches(code + msbuild))),
        ];
    }

    private static List<string> Names(MatchCollection matches) =>
        [.. matches.Select(match => match.Groups["name"].Value)
            .Where(name => !name.StartsWith('_'))
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

    private static string Text(string folder, string pattern) =>
        Comments().Replace(
            string.Join('\n', Directory.EnumerateFiles(Repository.File(folder), pattern, SearchOption.AllDirectories)
                .Where(file => !file.Contains("/obj/", StringComparison.Ordinal)).Select(File.ReadAllText)),
            "");

    // Ours by prefix; beside them the names that the .NET SDK and Visual Studio have and that we honour.
    [GeneratedRegex(
        @"(?:\$\(|PropertyName="")(?<name>(?:Container|Go(?!ogle)|Generated)\w+|SOURCE_DATE_EPOCH|RegistryUrl|PublishImageTag|AutoGenerateImageTag|LocalRegistry|PublishContainer|PublishProfile|UsingContainerStagesSdk)\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Property();

    // ContainerEnvironmentVariables is the .NET SDK's own: those of the project that it finds valid.
    [GeneratedRegex(
        @"(?:@\(|ItemName="")(?<name>(?:Container(?!EnvironmentVariables\b)|Generated)\w+)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Item();

    [GeneratedRegex(
        @"(?:GetMetadata|Metadata|HasMetadata|Set)\((?:\w+, )?""(?<name>\w+)""",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metadata();

    [GeneratedRegex(@"<Target Name=""(?<name>\w+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Target();

    [GeneratedRegex(@"""(?<name>CST[0-9]{4})""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(
        @"HelpLink=""\$\(_ContainerStagesHelpPage\)#(?<code>\w+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Links();

    [GeneratedRegex("<!--.*?-->", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Comments();
}
