using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Cli.Tests;

/// <summary>The engine program with build definitions of packages of other versions.</summary>
[TestClass]
public sealed class ContractTests
{
    [TestMethod]
    [DataRow("""{"contract":99,"version":"9.1.0"}""", "was given one of contract 99 by version 9.1.0 of the package.")]
    [DataRow("""{"contextDirectory":"/p","dockerfile":"/p/Dockerfile","goal":0}""", "was given one of contract 1.")]
    public async Task A_definition_of_another_contract_is_one_error_that_says_what_to_do(string document, string given)
    {
        using var folder = new TempFolder();
        var done = await new StagesProgram(folder.Combine("store")) { Input = document }.RunAsync("execute");

        Assert.AreEqual((EngineExitCode.Failed, ""), (done.ExitCode, done.Error));
        var events = done.Output.TrimEnd().Split('\n').Select(BuildEventReader.Read).ToArray();
        Assert.AreEqual(DefinitionDocument.Greeting, events[0]);
        var diagnostic = ((DiagnosticReported)events[1..].Single()).Diagnostic;
        Assert.AreEqual("CST6330", diagnostic.Code);
        Assert.Contains($"reads build definitions of contract {DefinitionDocument.Contract}, and {given}", diagnostic.Message);
        Assert.Contains("remove ContainerStagesProgram", diagnostic.Message);
        Assert.IsFalse(Directory.Exists(folder.Combine("store")));
    }

    [TestMethod]
    public async Task What_is_no_definition_is_wrong_usage()
    {
        using var folder = new TempFolder();
        var done = await new StagesProgram(folder.Combine("store")) { Input = "hello" }.RunAsync("execute");

        Assert.AreEqual(EngineExitCode.WrongUsage, done.ExitCode);
        Assert.Contains("the build definition on standard input is not valid", done.Error);
    }
}
