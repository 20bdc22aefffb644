using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Sandboxing;
using ContainerStages.TestKit.Sandboxing;

namespace ContainerStages.Core.Tests.Diagnostics;

[TestClass]
public sealed class LastResortTests
{
    [TestMethod]
    [DataRow("", false)]
    [DataRow("1", true)]
    public async Task A_failure_on_another_thread_is_one_line_and_its_trace_only_where_it_is_wanted(string trace, bool isTraced)
    {
        var (exitCode, error) = await DriverProcess.FailAsync(trace, "fail");
        Assert.AreEqual(7, exitCode, error);
        StringAssert.StartsWith(error, "error CST9001: InvalidOperationException: Nobody expected this. ");
        Assert.AreEqual(isTraced, error.Contains("   at ", StringComparison.Ordinal), error);
        Assert.AreEqual(isTraced, error.TrimEnd().Contains('\n', StringComparison.Ordinal), error);
    }

    [TestMethod]
    public void What_the_sandboxs_first_process_did_not_foresee_is_one_line()
    {
        var specification = new SandboxSpecification
        {
            Folder = "/",
            LowerNames = "",
            Arguments = ["true"],
            Environment = [],
            WorkingDirectory = "/",
            HostName = "host",
        };
        byte[] status = [(byte)SandboxStep.Unexpected, 0, 0, 0, 0, .. "Overlay: NullReferenceException: Nobody expected this."u8];
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => SandboxOutcomes.ThrowIfFailed(new SandboxOutcome(125, status), specification, Platform.Host));
        StringAssert.StartsWith(
            failure.Message,
            "error CST9001: The sandbox's first process failed at Overlay: NullReferenceException: Nobody expected this. ");
        Assert.HasCount(1, failure.Message.Split('\n'));
    }
}
