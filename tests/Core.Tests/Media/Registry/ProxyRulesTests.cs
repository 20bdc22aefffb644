using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class ProxyRulesTests
{
    [TestMethod]
    [DataRow("https://quay.io/", "", "https-proxy")]
    [DataRow("http://quay.io/", "", "http-proxy")]
    [DataRow("https://localhost:5000/", "", null)]
    [DataRow("https://127.0.0.1:5000/", "", null)]
    [DataRow("https://[::1]:5000/", "", null)]
    [DataRow("https://quay.io/", "*", null)]
    [DataRow("https://quay.io/", "quay.io", null)]
    [DataRow("https://cdn.quay.io/", "quay.io", null)]
    [DataRow("https://notquay.io/", "quay.io", "https-proxy")]
    [DataRow("https://quay.io/", ".quay.io", "https-proxy")]
    [DataRow("https://cdn.quay.io/", "other.io, .quay.io", null)]
    [DataRow("https://cdn.quay.io/", "*.quay.io", null)]
    [DataRow("https://quay.io:8443/", "quay.io:8443", null)]
    [DataRow("https://quay.io/", "quay.io:8443", "https-proxy")]
    [DataRow("https://10.1.2.3/", "10.0.0.0/8", null)]
    [DataRow("https://11.1.2.3/", "10.0.0.0/8", "https-proxy")]
    [DataRow("https://10.1.2.3/", "10.1.2.3", null)]
    [DataRow("https://[fd00::1]/", "fd00::/8", null)]
    public void A_host_has_the_proxy_that_the_variables_name(string url, string direct, string? expected)
    {
        var rules = new ProxyRules(
            TestClients.Environment(("http_proxy", "http://http-proxy:3128"), ("HTTPS_PROXY", "https-proxy:3128"), ("NO_PROXY", direct)));
        Assert.AreEqual(expected, rules.GetProxy(new Uri(url))?.Host);
    }

    [TestMethod]
    public void One_proxy_may_stand_for_all() =>
        Assert.AreEqual(
            "any", new ProxyRules(TestClients.Environment(("all_proxy", "socks5://any:1080"))).GetProxy(new Uri("https://quay.io/"))?.Host);

    [TestMethod]
    public void Without_variables_there_is_no_proxy() =>
        Assert.IsNull(new ProxyRules(TestClients.Environment()).GetProxy(new Uri("https://quay.io/")));

    [TestMethod]
    public void The_login_in_the_address_is_for_that_proxy_alone()
    {
        var rules = new ProxyRules(TestClients.Environment(("https_proxy", "http://ann:p%40ss@proxy:3128")));
        Assert.AreEqual("p@ss", rules.Credentials!.GetCredential(new Uri("http://proxy:3128"), "Basic")?.Password);
        Assert.IsNull(rules.Credentials.GetCredential(new Uri("http://quay.io:3128"), "Basic"));
    }

    [TestMethod]
    [DataRow("ftp://ann:s3cret@proxy")]
    [DataRow("http://ann:s3cret@[nonsense")]
    public void An_address_that_means_nothing_is_an_error_that_does_not_show_it(string value)
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(() => new ProxyRules(TestClients.Environment(("HTTPS_PROXY", value))));
        Assert.AreEqual("CST5024", failure.Diagnostics[0].Code);
        Assert.DoesNotContain("s3cret", failure.ToString());
    }
}
