using ContainerStages.Tasks.Logging;

namespace ContainerStages.Tasks.Tests.Logging;

[TestClass]
public sealed class HostFilesTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [TestMethod]
    [DataRow("./main.go", "main.go")]
    [DataRow("/go/src/app/main.go", "main.go")]
    [DataRow("cmd/app/run.go", "cmd/app/run.go")]
    [DataRow("/build/cmd/app/run.go", "cmd/app/run.go")]
    [DataRow("../other/main.go", "main.go")]
    [DataRow("run.go", "cmd/app/run.go")]
    [DataRow("twice.go", null)]
    [DataRow("/usr/local/go/src/fmt/print.go", null)]
    [DataRow("../../etc/passwd.go", null)]
    public void A_container_path_is_the_contexts_file_that_ends_alike(string containerPath, string? expected)
    {
        _folder.Write("main.go", "");
        _folder.Write("cmd/app/run.go", "");
        _folder.Write("a/twice.go", "");
        _folder.Write("b/twice.go", "");

        Assert.AreEqual(expected is null ? null : _folder[expected], new HostFiles(_folder.Path).Find(containerPath));
    }

    public void Dispose() => _folder.Dispose();
}
