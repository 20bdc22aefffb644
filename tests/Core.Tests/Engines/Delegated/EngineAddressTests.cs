using ContainerStages.Contracts;

namespace ContainerStages.Core.Tests.Engines.Delegated;

/// <summary>Names of builders and addresses of BuildKit daemons.</summary>
[TestClass]
public sealed class EngineAddressTests
{
    [TestMethod]
    [DataRow("cluster", null)]
    [DataRow("my-builder_1.2", null)]
    [DataRow("tcp://builders.example.com:1234", "tcp")]
    [DataRow("tcp://[::1]:1234", "tcp")]
    [DataRow("unix:///run/buildkit/buildkitd.sock", "unix")]
    [DataRow("ssh://joe@builders.example.com", "ssh")]
    [DataRow("kube-pod://buildkitd-0?namespace=ci", "kube-pod")]
    [DataRow("docker-container://buildkitd", "docker-container")]
    public void A_name_has_no_scheme_and_an_address_has_one(string text, string? scheme)
    {
        var address = EngineAddress.Read(text, out var problem);
        Assert.IsNull(problem);
        Assert.AreEqual((text, scheme), (address!.Text, address.Daemon?.Scheme));
    }

    [TestMethod]
    [DataRow("tcp://host", "CST6413")]
    [DataRow("tcp://host:1/path", "CST6413")]
    [DataRow("tcp://joe@host:1", "CST6413")]
    [DataRow("unix://host/path", "CST6413")]
    [DataRow("https://host:1", "CST6413")]
    [DataRow("host:1234", "CST6413")]
    [DataRow("/run/buildkit.sock", "CST6413")]
    [DataRow("-o", "CST6413")]
    [DataRow("tcp://joe:hush-hush@host:1", "CST6414")]
    [DataRow("ssh://joe:hush-hush@host", "CST6414")]
    [DataRow("joe:hush-hush@host:1", "CST6414")]
    public void What_is_neither_is_an_error_that_repeats_no_password(string text, string code)
    {
        Assert.IsNull(EngineAddress.Read(text, out var problem));
        Assert.AreEqual(code, problem!.Code);
        Assert.IsFalse(problem.Message.Contains("hush-hush", StringComparison.Ordinal));
    }
}
