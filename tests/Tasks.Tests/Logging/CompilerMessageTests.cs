using ContainerStages.Contracts;
using ContainerStages.Tasks.Logging;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class CompilerMessageTests
{
    [TestMethod]
    [DataRow("./main.go:5:2: undefined: x", "./main.go", 5, 2, "undefined: x")]
    [DataRow("main.go:5:2: undefined: x", "main.go", 5, 2, "undefined: x")]
    [DataRow("cmd/app/main.go:12: missing return", "cmd/app/main.go", 12, 0, "missing return")]
    [DataRow("/go/src/app/main.go:3:8: package foo is not in std", "/go/src/app/main.go", 3, 8, "package foo is not in std")]
    [DataRow("vet: ./main.go:7:1: unreachable code", "./main.go", 7, 1, "unreachable code")]
    [DataRow("    main_test.go:9: got 1, want 2", "main_test.go", 9, 0, "got 1, want 2")]
    public void Go_messages_are_read(string line, string path, int lineNumber, int column, string text) =>
        Assert.AreEqual(new CompilerMessage(path, lineNumber, column, null, "", text), CompilerMessage.Parse(line));

    [TestMethod]
    public void C_messages_name_their_severity()
    {
        Assert.AreEqual(
            new CompilerMessage("a.c", 1, 2, Severity.Warning, "", "unused variable"),
            CompilerMessage.Parse("a.c:1:2: warning: unused variable"));
        Assert.AreEqual(
            new CompilerMessage("a.c", 1, 2, Severity.Error, "", "x.h: No such file"),
            CompilerMessage.Parse("a.c:1:2: fatal error: x.h: No such file"));
    }

    [TestMethod]
    [DataRow(
        "/src/Program.cs(3,9): error CS1002: ; expected [/src/app.csproj]",
        "/src/Program.cs",
        3,
        9,
        "CS1002",
        DisplayName = "a line and a column")]
    [DataRow(
        "/src/app.targets(7): error MSB4044: ; expected [/src/app.csproj::TargetFramework=net10.0]",
        "/src/app.targets",
        7,
        0,
        "MSB4044",
        DisplayName = "a line")]
    [DataRow("CSC : error CS5001: ; expected [/src/app.csproj]", "CSC", 0, 0, "CS5001", DisplayName = "a compiler")]
    [DataRow("/src/app.csproj : error NU1101: ; expected", "/src/app.csproj", 0, 0, "NU1101", DisplayName = "a project")]
    public void Msbuild_messages_name_their_project(string line, string path, int number, int column, string code) =>
        Assert.AreEqual(
            new CompilerMessage(path, number, column, Severity.Error, code, "; expected", "/src/app.csproj"), CompilerMessage.Parse(line));

    [TestMethod]
    [DataRow("# example.com/hello")]
    [DataRow("go: downloading golang.org/x/net v0.1.0")]
    [DataRow("2024/01/02 10:11:12: started")]
    [DataRow("dial tcp 10.0.0.1:443: connection refused")]
    [DataRow("https://example.org:8080: moved")]
    [DataRow("main.go:0:1: no such line")]
    [DataRow("note: main.go")]
    [DataRow("npm : error E404: not found")]
    [DataRow("tool : warning W1: talk")]
    [DataRow("")]
    public void Other_lines_are_no_messages(string line) => Assert.IsNull(CompilerMessage.Parse(line));
}
