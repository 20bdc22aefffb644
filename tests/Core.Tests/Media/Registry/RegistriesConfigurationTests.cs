using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Media.Registry;
using ContainerStages.Oci;

namespace ContainerStages.Core.Tests.Media.Registry;

[TestClass]
public sealed class RegistriesConfigurationTests
{
    [TestMethod]
    [DataRow("alpine", "docker.io/library/alpine")]
    [DataRow("quay.io/a/b:1", "quay.io/a/b")]
    [DataRow("localhost:5000/a", "localhost:5000/a")]
    public void Without_configuration_an_image_is_where_its_name_says(string image, string expected) =>
        Assert.AreEqual(expected, Places("", image));

    [TestMethod]
    [DataRow("alpine", "localhost:5000/library/alpine (mirror), docker.io/library/alpine")]
    [DataRow("docker.io/team/app", "localhost:5000/hub/team/app (mirror), localhost:5001/team/app (mirror), docker.io/team/app")]
    [DataRow("docker.io/teams/app", "localhost:5000/teams/app (mirror), docker.io/teams/app")]
    public void The_longest_prefix_decides(string image, string expected) => Assert.AreEqual(expected, Places(
        """
        unqualified-search-registries = ["docker.io"]

        [[registry]]
        prefix = "docker.io"
        [[registry.mirror]]
        location = "localhost:5000"

        [[registry]]
        prefix = "docker.io/team"
        mirror = [{ location = "localhost:5000/hub/team" }, { location = "localhost:5001/team", insecure = true }]
        """,
        image));

    [TestMethod]
    [DataRow("a.example.com/app", "mirror.local/app")]
    [DataRow("a.b.example.com:8080/app", "mirror.local/app")]
    [DataRow("example.com/app", "example.com/app")]
    [DataRow("badexample.com/app", "badexample.com/app")]
    public void A_star_stands_for_the_hosts_below_a_domain(string image, string expected) =>
        Assert.AreEqual(expected, Places("[[registry]]\nprefix = \"*.example.com\"\nlocation = \"mirror.local\"\n", image));

    [TestMethod]
    public void A_prefix_can_be_rewritten() =>
        Assert.AreEqual(
            "internal.local/x/app",
            Places("[[registry]]\nprefix = \"example.com/foo\"\nlocation = \"internal.local/x\"\n", "example.com/foo/app:1"));

    [TestMethod]
    [DataRow("mirror-by-digest-only = true", "", "alpine", "docker.io/library/alpine")]
    [DataRow("mirror-by-digest-only = true", "", "alpine@{0}", "m.local/library/alpine (mirror), docker.io/library/alpine")]
    [DataRow("", "pull-from-mirror = \"tag-only\"", "alpine", "m.local/library/alpine (mirror), docker.io/library/alpine")]
    [DataRow("", "pull-from-mirror = \"tag-only\"", "alpine@{0}", "docker.io/library/alpine")]
    [DataRow("", "pull-from-mirror = \"digest-only\"", "alpine", "docker.io/library/alpine")]
    public void A_mirror_may_be_for_digests_or_tags_only(string registry, string mirror, string image, string expected) => Assert.AreEqual(
        expected,
        Places(
            $"[[registry]]\nprefix = \"docker.io\"\n{registry}\n[[registry.mirror]]\nlocation = \"m.local\"\n{mirror}\n",
            string.Format(null, image, Digest.Of("x"u8))));

    [TestMethod]
    public void Mirrors_of_the_build_come_first()
    {
        var configuration = TestClients.Configuration(
            "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.local\"\n",
            new RegistryMirror { Registry = "docker.io", Location = "localhost:5000" });
        Assert.AreEqual(
            "localhost:5000/library/alpine (mirror), m.local/library/alpine (mirror), docker.io/library/alpine",
            Places(configuration, "alpine"));
    }

    [TestMethod]
    public void Pushes_never_go_to_a_mirror()
    {
        var configuration =
            TestClients.Configuration("[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"m.local\"\n");
        Assert.AreEqual("docker.io/team/app", configuration.DestinationFor(ImageReference.Parse("team/app")).ToString());
    }

    [TestMethod]
    public void Insecure_belongs_to_the_place_that_says_it()
    {
        var configuration = TestClients.Configuration(
            "[[registry]]\nlocation = \"a.local\"\ninsecure = true\n[[registry.mirror]]\nlocation = \"m.local\"\n");
        var endpoints = configuration.EndpointsFor(ImageReference.Parse("a.local/x"));
        CollectionAssert.AreEqual(new[] { false, true }, endpoints.Select(endpoint => endpoint.Insecure).ToArray());
    }

    [TestMethod]
    public void Docker_Hub_is_reached_under_its_own_name() =>
        Assert.AreEqual("registry-1.docker.io", RegistriesConfiguration.Empty.EndpointsFor(ImageReference.Parse("alpine"))[0].Address);

    [TestMethod]
    [DataRow("localhost:5000/x", true)]
    [DataRow("127.0.0.1:5000/x", true)]
    [DataRow("127.1.2.3:5000/x", true)]
    [DataRow("[::1]:5000/x", true)]
    [DataRow("localhost.example.com/x", false)]
    [DataRow("10.0.0.1:5000/x", false)]
    public void Loopback_is_what_leads_to_this_machine(string image, bool expected) =>
        Assert.AreEqual(expected, RegistriesConfiguration.Empty.EndpointsFor(ImageReference.Parse(image))[0].IsLoopback);

    [TestMethod]
    [DataRow("[[registry]]\nprefix = ", 2, "TOML")]
    [DataRow("\n[[registry]]\nlocation = 5\n", 3, "text in quotes")]
    [DataRow("[[registry]]\nlocation = \"a\"\ninsecure = \"yes\"\n", 3, "true or false")]
    [DataRow("[[registry]]\ninsecure = true\n", 1, "prefix or a location")]
    [DataRow("[[registry]]\nlocation = \"http://localhost:5000\"\n", 1, "without http://")]
    [DataRow("[[registry.mirror]]\nlocation = \"a\"\n", 1, "[[registry]]")]
    [DataRow("[[registry]]\nlocation = \"a\"\n[[registry.mirror]]\ninsecure = true\n", 3, "needs a location")]
    [DataRow(
        "[[registry]]\nlocation = \"a\"\n[[registry.mirror]]\nlocation = \"b\"\npull-from-mirror = \"some\"\n",
        3,
        "all, digest-only or tag-only")]
    [DataRow("[registries.insecure]\nregistries = [\"a\"]\n", 1, "version 1")]
    [DataRow("[[registry]]\nlocation = \"a\"\nlocation = \"b\"\n", 3, "'location' stands here again; line 2")]
    [DataRow("[[registry]]\nlocation = \"a\"\n\"location\" = \"a\"\n", 3, "line 2")]
    [DataRow("unqualified-search-registries = []\nunqualified-search-registries = []\n", 2, "line 1")]
    [DataRow("[[registry]]\nlocation = \"a\"\n[[registry.mirror]]\nlocation = \"b\"\ninsecure = true\ninsecure = false\n", 6, "line 5")]
    [DataRow("[[registry]]\nlocation = \"a\"\nmirror = [{ location = \"b\" }, { location = \"c\", location = \"d\" }]\n", 3, "line 3")]
    [DataRow(
        "[[registry]]\nlocation = \"a\"\nmirror = [{ location = \"b\" }]\n[[registry.mirror]]\nlocation = \"c\"\n",
        4,
        "[registry.mirror] stands here again; line 3")]
    [DataRow("[aliases]\na = \"b\"\n[[registry]]\nlocation = \"a\"\n[aliases]\n", 5, "[aliases] stands here again; line 1")]
    [DataRow("[[registry]]\nlocation = \"a\"\n[registry]\nlocation = \"b\"\n", 3, "a list of tables")]
    [DataRow("[registry]\nlocation = \"a\"\n", 1, "write [[registry]]")]
    public void A_mistake_is_reported_with_file_and_line(string text, int line, string expected)
    {
        var failure =
            Assert.ThrowsExactly<BuildFailedException>(() => RegistriesConfigurationReader.Parse(text, "/etc/containers/registries.conf"));
        var diagnostic = failure.Diagnostics[0];
        Assert.AreEqual("CST5013", diagnostic.Code);
        Assert.AreEqual(("/etc/containers/registries.conf", line), (diagnostic.Location!.Value.File, diagnostic.Location.Value.Line));
        Assert.Contains(expected, diagnostic.Message);
    }

    [TestMethod]
    public void The_same_keys_in_other_tables_are_no_duplicates()
    {
        var configuration = TestClients.Configuration("""
            [[registry]]
            location = "a.local"
            mirror = [{ location = "m.local" }, { location = "n.local" }]
            [[registry]]
            location = "b.local"
            mirror = [{ location = "m.local" }]
            [[registry]]
            location = "c.local"
            [[registry.mirror]]
            location = "m.local"
            [[registry.mirror]]
            location = "n.local"
            [[registry]]
            location = "d.local"
            [[registry.mirror]]
            location = "m.local"
            [aliases]
            location = "e.local"
            """);
        Assert.HasCount(4, configuration.Registries);
        Assert.HasCount(2, configuration.Registries[2].Mirrors);
    }

    [TestMethod]
    public void Files_are_found_in_the_documented_order()
    {
        var folder = Directory.CreateTempSubdirectory("registries-");
        try
        {
            var (home, system) = (Path.Combine(folder.FullName, "home"), Path.Combine(folder.FullName, "etc"));
            Write(Path.Combine(system, "registries.conf"), "one.local");
            Write(Path.Combine(system, "registries.conf.d/10.conf"), "two.local");
            var environment = TestClients.Environment(("HOME", home)) with { SystemDirectory = system };
            Assert.AreEqual("one.local, two.local", Locations(environment));

            Write(Path.Combine(home, ".config/containers/registries.conf"), "mine.local");
            Write(Path.Combine(home, ".config/containers/registries.conf.d/10.conf"), "also-mine.local");
            Assert.AreEqual("mine.local, two.local, also-mine.local", Locations(environment));

            Write(Path.Combine(folder.FullName, "named.conf"), "named.local");
            var named = TestClients.Environment(
                ("HOME", home),
                ("CONTAINERS_REGISTRIES_CONF", Path.Combine(folder.FullName, "named.conf"))) with { SystemDirectory = system };
            Assert.AreEqual("named.local", Locations(named));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public void A_named_file_that_is_missing_is_an_error()
    {
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => RegistriesConfigurationReader.Load(TestClients.Environment(("CONTAINERS_REGISTRIES_CONF", "/nonexistent/x.conf")), []));
        Assert.AreEqual("CST5013", failure.Diagnostics[0].Code);
    }

    private static string Locations(RegistryEnvironment environment) =>
        string.Join(", ", RegistriesConfigurationReader.Load(environment, []).Registries.Select(entry => entry.Location));

    private static void Write(string file, string location)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"[[registry]]\nlocation = \"{location}\"\n");
    }

    private static string Places(string text, string image) => Places(TestClients.Configuration(text), image);

    private static string Places(RegistriesConfiguration configuration, string image) =>
        string.Join(", ", configuration.EndpointsFor(ImageReference.Parse(image)).Select(endpoint => endpoint.ToString()));
}
