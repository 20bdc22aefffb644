using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// The names of the .NET SDK's container publishing mean the same here: one program, built once, published under each of them by the .NET
/// SDK and by us, and the configurations compared. What differs on purpose stands in docs/dotnet.md.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class DropInTests(TestContext context)
{
    private const string Backslash = "BACKSLASH";

    // Theirs starts nothing: without an entry point and a command, and with a folder that no slash parts from the program's name.
    private static readonly string[] OnPurpose =
        ["ContainerAppCommandInstruction.None: Cmd", "ContainerWorkingDirectory.NoSlash: Entrypoint"];

    /// <summary>By name, what a project says.</summary>
    private static readonly Dictionary<string, string> Cases = new(StringComparer.Ordinal)
    {
        ["Nothing"] = "",
        ["ContainerUser"] = Property("ContainerUser", "1001:1002"),
        ["ContainerWorkingDirectory"] = Property("ContainerWorkingDirectory", "/srv/app/"),
        ["ContainerWorkingDirectory.NoSlash"] = Property("ContainerWorkingDirectory", "/srv/app"),
        ["ContainerImageFormat"] = Property("ContainerImageFormat", "OCI"),
        ["ContainerRuntimeIdentifier"] = Property("ContainerRuntimeIdentifier", "linux-x64"),
        ["ContainerPort"] = """<ItemGroup><ContainerPort Include="53" Type="udp" /><ContainerPort Include="8443" /></ItemGroup>""",
        ["ContainerEnvironmentVariable"] =
            """<ItemGroup><ContainerEnvironmentVariable Include="GREETING" Value="a=b c" /><ContainerEnvironmentVariable Include="ASPNETCORE_URLS" Value="http://+:5055" /></ItemGroup>""",
        ["ContainerLabel"] = """<ItemGroup><ContainerLabel Include="com.example.home" Value="https://example.com:8080/a" /></ItemGroup>""",
        ["ContainerDefaultArgs"] = """<ItemGroup><ContainerDefaultArgs Include="--verbose;now" /></ItemGroup>""",
        ["ContainerAppCommand"] =
            """<ItemGroup><ContainerAppCommand Include="dotnet;/app/app.dll" /><ContainerAppCommandArgs Include="--fixed" /><ContainerDefaultArgs Include="--changed" /></ItemGroup>""",
        ["ContainerAppCommandInstruction.DefaultArgs"] = Property("ContainerAppCommandInstruction", "DefaultArgs"),
        ["ContainerAppCommandInstruction.None"] = Property("ContainerAppCommandInstruction", "None"),
        ["ContainerEntrypoint"] = Property("ContainerAppCommandInstruction", "DefaultArgs") +
            """<ItemGroup><ContainerEntrypoint Include="/bin/entry" /><ContainerEntrypointArgs Include="--wait" /></ItemGroup>""",
        ["ContainerGenerateLabels"] = Property("ContainerGenerateLabels", "false"),
        ["ContainerGenerateLabelsDotnetToolset"] = Property("ContainerGenerateLabelsDotnetToolset", "false"),
        ["ContainerGenerateLabelsImageBase"] =
            Property("ContainerGenerateLabelsImageBaseDigest", "false") + Property("ContainerGenerateLabelsImageBaseName", "false"),
        ["ContainerGenerateLabelsImage"] =
            string.Concat(LabelNames.Select(name => Property("ContainerGenerateLabelsImage" + name, "false"))),
        ["ContainerDescription"] = string.Concat(LabelProperties.Select(name => Property("Container" + name, "of " + name))),
        ["Description"] =
            string.Concat(new[] { "Description", "Authors", "PackageProjectUrl", "PackageVersion", "PackageLicenseExpression", "Title" }
                .Select(name => Property(name, "of " + name))),
        ["PublishRepositoryUrl"] = Property("PublishRepositoryUrl", "true") +
            Property("RepositoryType", "git") +
            Property("PrivateRepositoryUrl", "https://example.com/app.git") +
            Property("SourceRevisionId", "0123abc"),
    };

    private static string[] LabelNames =>
        ["Created", "Description", "Authors", "Url", "Documentation", "Source", "Version", "Revision", "Vendor", "Licenses", "Title"];

    private static string[] LabelProperties =>
        ["Description", "Authors", "InformationUrl", "DocumentationUrl", "Version", "LicenseExpression", "Title", "Vendor"];

    [TestMethod]
    public async Task Every_name_gives_the_configuration_that_the_sdks_own_publishing_gives()
    {
        if (Registry is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var project = await CreateAsync();
        (await project.DotnetAsync("build", "all.slnx", "-c", "Release")).ShouldSucceed();

        (await project.DotnetAsync("msbuild", "publish.proj", "-v:q")).ShouldSucceed();

        List<string> differences =
            [.. Cases.Keys.SelectMany(name => Differences(name, Read(project, "theirs", name), Read(project, "ours", name)))];
        Assert.AreEqual("", string.Join('\n', differences));
    }

    private static string? Registry => Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY");

    private static string Property(string name, string value) => $"<PropertyGroup><{name}>{value}</{name}></PropertyGroup>";

    private async Task<UserProject> CreateAsync()
    {
        var project = await UserProject.CreateAsync(context);
        foreach (var (folder, sdk) in new[] { ("theirs", "Microsoft.NET.Sdk"), ("ours", "Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0") })
        {
            project.Write($"{folder}/{folder}.csproj", $"""
                <Project Sdk="{sdk}">
                  <PropertyGroup>
                    <OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework><AssemblyName>app</AssemblyName>
                    <ContainerBaseImage>{Registry}/dotnet/runtime:10.0</ContainerBaseImage><ContainerStagesBuilder>host</ContainerStagesBuilder><ContainerRepository>drop-in</ContainerRepository>
                  </PropertyGroup>
                  <Import Project="../cases/$(Case).props" Condition="'$(Case)' != ''" />
                </Project>
                """);
            project.Write($"{folder}/Program.cs", "System.Console.WriteLine();");
        }

        foreach (var (name, text) in Cases)
        {
            project.Write($"cases/{name}.props", $"<Project>{text}</Project>");
        }

        project.Write("all.slnx", """<Solution><Project Path="theirs/theirs.csproj" /><Project Path="ours/ours.csproj" /></Solution>""");
        project.Write("publish.proj", Driver());
        return project;
    }

    /// <summary>One MSBuild for all of it, the programs published once: starting it takes longer than what it does here.</summary>
    private static string Driver() => $"""
        <Project DefaultTargets="All">
          <ItemGroup><Case Include="{string.Join(';', Cases.Keys)}" /><Case Update="@(Case)" Side="ours" /><Case Include="{string.Join(';', Cases.Keys)}" Side="theirs" /></ItemGroup>
          <Target Name="All">
            <MSBuild Projects="theirs/theirs.csproj" Targets="Publish" Properties="Configuration=Release;NoBuild=true" />
            <CallTarget Targets="Cases" />
          </Target>
          <Target Name="Cases" Outputs="%(Case.Side)/%(Case.Identity)">
            <PropertyGroup><_Name>%(Case.Identity)</_Name><_Side>%(Case.Side)</_Side></PropertyGroup>
            <MSBuild Projects="$(_Side)/$(_Side).csproj" Targets="PublishContainer" Properties="Configuration=Release;NoBuild=true;Case=$(_Name);ContainerArchiveOutputPath=$(MSBuildProjectDirectory)/results/$(_Side)/$(_Name).tar">
              <Output TaskParameter="TargetOutputs" ItemName="_Image" />
            </MSBuild>
            <!-- In an item's name MSBuild would make slashes of backslashes. -->
            <PropertyGroup><_Json>%(_Image.Configuration)</_Json></PropertyGroup>
            <WriteLinesToFile File="results/$(_Side)/$(_Name).json" Lines="$([MSBuild]::Escape($(_Json.Replace('\', '{Backslash}'))))" Overwrite="true" />
            <ItemGroup><_Image Remove="@(_Image)" /></ItemGroup>
          </Target>
        </Project>
        """;

    private static JsonElement Read(UserProject project, string side, string name)
    {
        using var json = JsonDocument.Parse(project.Read($"results/{side}/{name}.json").Replace(Backslash, "\\", StringComparison.Ordinal));
        return json.RootElement.GetProperty("config").Clone();
    }

    private static IEnumerable<string> Differences(string name, JsonElement theirs, JsonElement ours) =>
        ComparedConfiguration.Differences(theirs, ours)
            .Where(pair => !OnPurpose.Contains($"{name}: {pair.Key}"))
            .Select(pair => $"{name}: {pair.Key}: theirs {pair.Theirs}, ours {pair.Ours}");
}
