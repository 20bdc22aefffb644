using ContainerStages.TestKit;

namespace ContainerStages.Sdk.Tests;

/// <summary>Go modules as people have them, published by project.</summary>
[TestClass]
[TestCategory(Categories.EndToEnd)]
public sealed class GoProjectTests(TestContext context)
{
    [TestMethod]
    public async Task Programs_of_a_module_that_takes_folders_a_proxy_and_embedded_files_are_one_image()
    {
        using var project = await UserProject.CreateAsync(context);
        var proxy = new GoModuleProxy(project.Full("../" + Path.GetFileName(project.Folder) + "-proxy"));
        var sums = proxy.Add("example.com/greeting", "package greeting\n\nfunc Word() string { return \"hello\" }\n");
        project.Write("app/app.goproj", """
            <Project Sdk="ContainerStages.Sdk/0.1.0">
              <PropertyGroup>
                <ContainerStagesContextDirectory>..</ContainerStagesContextDirectory>
                <GoPackage Condition="'$(GoPackage)' == ''">./cmd/a;./cmd/b</GoPackage>
              </PropertyGroup>
            </Project>
            """);
        project.Write(
            "app/go.mod",
            "module example.com/app\n\ngo 1.19\n\nrequire (\n\texample.com/greeting v1.0.0\n\texample.com/lib " +
            "v0.0.0\n)\n\nreplace example.com/lib => ../lib\n");
        project.Write("app/go.sum", sums);
        project.Write(
            "app/cmd/a/main.go",
            "package main\n\nimport (\n\t_ \"embed\"\n\n\t\"example.com/greeting\"\n\t\"example.com/lib\"\n)\n\n//go:embed text.txt\nvar " +
            "text string\n\nfunc main() { println(greeting.Word(), lib.Name, text) }\n");
        project.Write("app/cmd/a/text.txt", "embedded");
        project.Write("app/cmd/b/main.go", "package main\n\n//go:generate false\nfunc main() { println(\"b\") }\n");
        project.Write("lib/go.mod", "module example.com/lib\n\ngo 1.19\n");
        project.Write("lib/lib.go", "package lib\n\nconst Name = \"lib\"\n");
        var environment =
            new Dictionary<string, string>(StringComparer.Ordinal) { ["GOPROXY"] = $"file://{proxy.Folder}", ["GONOSUMDB"] = "*" };

        (await project.DotnetAsync(environment, "publish", "app", "-p:ContainerRepository=programs")).ShouldSucceed();
        Assert.EndsWith("hello lib embedded\n", (await project.StagesAsync("run", "programs")).ShouldSucceed().Errors);
        Assert.AreEqual("b\n", (await project.StagesAsync("run", "--entrypoint", "/usr/local/bin/b", "programs")).ShouldSucceed().Errors);

        var unclear = (await project.DotnetAsync(environment, "publish", "app", "-p:GoPackage=.")).ShouldFail();
        Assert.AreSequenceEqual(["app.goproj: error CST3114"], unclear.Diagnostics);
        Assert.Contains("./cmd/a, ./cmd/b", unclear.All);

        File.Delete(project.Full("app/cmd/a/text.txt"));
        Assert.Contains("error CST3119", (await project.DotnetAsync(environment, "publish", "app")).ShouldFail().All);
        Directory.Delete(proxy.Folder, recursive: true);
    }
}
