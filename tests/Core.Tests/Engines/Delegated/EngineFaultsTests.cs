using ContainerStages.Engines;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>What docker and podman say when they themselves are at fault.</summary>
[TestClass]
public sealed class EngineFaultsTests
{
    [TestMethod]
    [DataRow("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", false, "CST6401")]
    [DataRow(
        "error during connect: Get \"http://10.0.0.1:2375/_ping\": dial tcp 10.0.0.1:2375: connect: connection refused",
        false,
        "CST6401")]
    [DataRow(
        "permission denied while trying to connect to the Docker daemon socket at unix:///s: dial unix /s: connect: permission denied",
        false,
        "CST6402")]
    [DataRow("Got permission denied while trying to connect to the Docker daemon socket", false, "CST6402")]
    [DataRow("error reading from server: EOF", true, "CST6405")]
    [DataRow("ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF", true, "CST6405")]
    [DataRow("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", true, "CST6405")]
    [DataRow("cp: can't create '/x': Permission denied", true, null)]
    [DataRow("failed to solve: process did not complete", true, null)]
    public void A_fault_of_the_engine_is_told_from_one_of_the_build(string text, bool began, string? code) =>
        Assert.AreEqual(code, EngineFaults.Find("docker", text, began)?.Code);
}
