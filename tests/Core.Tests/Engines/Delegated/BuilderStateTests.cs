using ContainerStages.Engines;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>What <c>buildx inspect</c> says of a builder.</summary>
[TestClass]
public sealed class BuilderStateTests
{
    [TestMethod]
    public void All_nodes_of_a_builder_count_for_its_platforms_and_one_for_running()
    {
        var state = BuilderState.Read("""
            Name:          cluster
            Driver:        remote
            Last Activity: 2026-11-29 11:58:44 +0000 UTC

            Nodes:
            Name:             one
            Endpoint:         tcp://one:1234
            Status:           running
            BuildKit version: v0.25.2
            Platforms:        linux/amd64*, linux/amd64/v2
            Labels:
             org.mobyproject.buildkit.worker.executor:         oci

            Name:             two
            Endpoint:         tcp://two:1234
            Status:           inactive
            Platforms:        linux/arm64
            """);
        Assert.AreEqual(("remote", true, "0.25.2", (string?)null), (state.Driver, state.IsRunning, state.Version, state.Error));
        string[] platforms = ["linux/amd64", "linux/arm64", "linux/s390x"];
        Assert.AreSequenceEqual([true, true, false], platforms.Select(platform => state.Runs(Platform.TryParse(platform)!)).ToList());
    }

    [TestMethod]
    public void A_builder_that_does_not_work_says_why_and_one_that_is_not_started_may_run_all()
    {
        var broken = BuilderState.Read("Name:   default\nDriver: \nError:  Cannot connect to unix:///x: refused\n");
        Assert.AreEqual(("", false, "Cannot connect to unix:///x: refused"), (broken.Driver, broken.IsRunning, broken.Error));
        Assert.IsTrue(BuilderState.Read("Name: x\nDriver: docker-container\nStatus: inactive\n").Runs(Platform.Host));
    }
}
