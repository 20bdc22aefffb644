namespace ContainerStages.Sdk.Tests;

/// <summary>Applications that are one file: their project is none that anybody wrote, and lies nowhere.</summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class OneFileTests(TestContext context)
{
    private const string Program = "System.Console.WriteLine(Lib.Name + Lib.Company + string.Join(',', args));\n";

    [TestMethod]
    public async Task An_application_of_one_file_is_published_in_the_builder_and_here()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is null)
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var project = await UserProject.CreateAsync(context);
        project.Write("Directory.Build.props", "<Project><PropertyGroup><Company>acme</Company></PropertyGroup></Project>");
        project.Write(
            "lib/lib.csproj",
            "<Project Sdk='Microsoft.NET.Sdk'><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>");
        project.Write("lib/Lib.cs", """
            using System.Reflection;
            public static class Lib { public static string Name => "lib "; public static string Company => typeof(Lib).Assembly.GetCustomAttribute<AssemblyCompanyAttribute>()!.Company; }
            """);
        project.Write(
            "tools/one-built.cs",
            "#:package ContainerStages.Sdk@0.1.0\n#:project ../lib/lib.csproj\n#:property PublishAot=false\n" + Program);
        project.Write(
            "tools/one-here.cs",
            "#:sdk Microsoft.NET.Sdk\n#:sdk ContainerStages.Sdk@0.1.0\n#:project ../lib/lib.csproj\n#:property " +
            "PublishAot=false\n#:property ContainerStagesBuilder=host\n" +
                Program);
        project.Write("tools/beside.cs", "This is no part of either.");
        Directory.CreateDirectory(project.Full("data"));

        var built = await PublishAsync(project, "one-built.cs", "-p:PublishContainer=true");
        var here = await PublishAsync(project, "one-here.cs", "-t:PublishContainer");

        Assert.IsEmpty(built.Diagnostics.Concat(here.Diagnostics));
        Assert.Contains("one-built.cs -> one-built:latest@sha256:", built.ShouldSucceed().Output);
        Assert.Contains("one-here.cs -> one-here:latest@sha256:", here.ShouldSucceed().Output);
        foreach (var name in new[] { "one-built", "one-here" })
        {
            Assert.AreEqual("lib acme\n", (await project.StagesAsync("run", name)).ShouldSucceed().Output);
        }

        project.Write("tools/one-built.cs", project.Read("tools/one-built.cs") + "first();\nsecond();\n");
        var failed = (await PublishAsync(project, "one-built.cs", "-t:PublishContainer")).ShouldFail();
        Assert.AreSequenceEqual(["one-built.cs(5,1): error CS0103", "one-built.cs(6,1): error CS0103"], failed.Diagnostics);
    }

    private static Task<CommandResult> PublishAsync(UserProject project, string file, string asked) =>
        project.DotnetAsync(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["XDG_DATA_HOME"] = project.Full("data") },
            "publish",
            "tools/" + file,
            asked);
}
