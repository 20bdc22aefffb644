namespace ContainerStages.Sdk.Tests;

[TestClass]
public sealed class EvaluationTests(TestContext context)
{
    [TestMethod]
    [DataRow("hello.goproj", "hello")]
    [DataRow("My Service.goproj", "my-service")]
    [DataRow("acme.app.proj", "acme.app")]
    [DataRow("_Acme.App.proj", "acme-app")]
    [DataRow("My..App.proj", "my--app")]
    public async Task The_repository_is_named_after_the_project(string file, string repository)
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write(file, """<Project Sdk="ContainerStages.Sdk/0.1.0" />""");

        var properties = await project.PropertiesAsync(["ContainerRepository", "ContainerImageTag", "ContainerStagesResultFile"]);

        Assert.AreEqual(repository, properties.GetProperty("ContainerRepository").GetString());
        Assert.AreEqual("latest", properties.GetProperty("ContainerImageTag").GetString());
        Assert.AreEqual(project.Full("obj/containerstages/result.json"), properties.GetProperty("ContainerStagesResultFile").GetString());
    }

    [TestMethod]
    public async Task The_users_values_win_over_defaults()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write(
            "Directory.Build.props", "<Project><PropertyGroup><ContainerRegistry>ghcr.io</ContainerRegistry></PropertyGroup></Project>");
        project.Write("Directory.Build.targets", "<Project><PropertyGroup><ContainerUser>1000</ContainerUser></PropertyGroup></Project>");
        project.Write("hello.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup><ContainerRepository>acme/hello</ContainerRepository></PropertyGroup>
            </Project>
            """);

        var properties = await project.PropertiesAsync(
            ["ContainerRegistry", "ContainerRepository", "ContainerUser", "ContainerImageTag", "ContainerImageTags"],
            "-p:ContainerImageTags=1.0%3Blatest");

        Assert.AreEqual("ghcr.io", properties.GetProperty("ContainerRegistry").GetString());
        Assert.AreEqual("acme/hello", properties.GetProperty("ContainerRepository").GetString());
        Assert.AreEqual("1000", properties.GetProperty("ContainerUser").GetString());
        Assert.AreEqual("", properties.GetProperty("ContainerImageTag").GetString());
        Assert.AreEqual("1.0;latest", properties.GetProperty("ContainerImageTags").GetString());
    }

    [TestMethod]
    public async Task The_names_of_visual_studio_are_understood()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("hello.goproj", """<Project Sdk="ContainerStages.Sdk/0.1.0" />""");

        var properties =
            await project.PropertiesAsync(["ContainerRegistry", "ContainerImageTag"], "-p:RegistryUrl=ghcr.io", "-p:PublishImageTag=7");

        Assert.AreEqual("ghcr.io", properties.GetProperty("ContainerRegistry").GetString());
        Assert.AreEqual("7", properties.GetProperty("ContainerImageTag").GetString());
    }

    [TestMethod]
    public async Task A_dotnet_project_keeps_its_build_and_gets_our_target()
    {
        using var project = await UserProject.CreateAsync(context);
        project.Write("Acme.App.csproj", """
            <Project Sdk="Microsoft.NET.Sdk;ContainerStages.Sdk/0.1.0">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><OutputType>Exe</OutputType></PropertyGroup>
            </Project>
            """);
        project.Write("Program.cs", "return 0;");

        var properties = await project.PropertiesAsync(["ContainerRepository", "TargetPath"]);
        var published = await project.DotnetAsync("publish", "--no-restore", "-p:PublishContainer=true");

        Assert.AreEqual("acme-app", properties.GetProperty("ContainerRepository").GetString());
        Assert.EndsWith("Acme.App.dll", properties.GetProperty("TargetPath").GetString()!);
        // The .NET SDK would have asked a registry; ours says what it needs to know.
        Assert.AreSequenceEqual(["Acme.App.csproj: error CST1502"], published.ShouldFail().Diagnostics);
    }
}
