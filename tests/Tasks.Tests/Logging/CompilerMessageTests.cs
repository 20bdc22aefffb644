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
        Assert.AreEqual(new CompilerMessage("a.c", 1, 2, Severity.Warning, "", "unused variable"), CompilerMessage.Parse("a.c:1:2: warning: unused variable"));
        Assert.AreEqual(new CompilerMessage("a.c", 1, 2, Severity.Error, "", "x.h: No such file"), CompilerMessage.Parse("a.c:1:2: fatal error: x.h: No such file"));
    }

    [TestMethod]
    public void Msbuild_messages_lose_their_project() =>
        Assert.AreEqual(
            new CompilerMessage("/src/Program.cs", 3, 9, Severity.Error, "CS1002", "; expected"),
            CompilerMessage.Parse("/src/Program.cs(3,9): error CS1002: ; expected [/src/app.csproj]"));

    [TestMethod]
    [DataRow("# example.com/hello")]
    [DataRow("go: downloading golang.org/x/net v0.1.0")]
    [DataRow("2024/01/02 10:11:12: started")]
    [DataRow("dial tcp 10.0.0.1:443: connection refused")]
    [DataRow("https://example.org:8080: moved")]
    [DataRow("main.go:0:1: no such line")]
    [DataRow("note: main.go")]
    [DataRow("")]
    public void Other_lines_are_no_messages(string line) => Assert.IsNull(CompilerMessage.Parse(line));
}
