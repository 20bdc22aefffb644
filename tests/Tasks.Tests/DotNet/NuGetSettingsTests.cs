using ContainerStages.Tasks.DotNet;

namespace ContainerStages.Tasks.Tests.DotNet;

[TestClass]
public sealed class NuGetSettingsTests : IDisposable
{
    private const string Password = "hunter2-is-secret";
    private readonly TestFolder _folder = new();

    [TestMethod]
    public void What_may_lie_in_a_layer_holds_no_credentials()
    {
        var settings = new NuGetSettings();

        var text = settings.Read(_folder.Write("nuget.config", $"""
            <configuration>
              <!-- {Password} -->
              <config><add key="http_proxy.password" value="{Password}" /></config>
              <packageSources>
                <add key="acme" value="https://feed.acme.test/v3/index.json" protocolVersion="3" />
                <add key="old" value="https://user:{Password}@old.acme.test/v3/index.json" />
              </packageSources>
              <packageSourceCredentials>
                <acme><add key="Username" value="ci" /><add key="ClearTextPassword" value="{Password}" /></acme>
              </packageSourceCredentials>
              <apikeys><add key="https://feed.acme.test" value="{Password}" /></apikeys>
              <clientCertificates><fileCert packageSource="acme" path="a.pfx" password="{Password}" /></clientCertificates>
              <packageSourceMapping><packageSource key="acme"><package pattern="*" /></packageSource></packageSourceMapping>
            </configuration>
            """));

        Assert.DoesNotContain(Password, text);
        Assert.Contains("""<add key="acme" value="https://feed.acme.test/v3/index.json" protocolVersion="3" />""", text);
        Assert.Contains("""<add key="old" value="https://old.acme.test/v3/index.json" />""", text);
        Assert.Contains("<packageSourceMapping>", text);
        Assert.Contains($"""<add key="ClearTextPassword" value="{Password}" />""", settings.Credentials!);
        Assert.Contains("<old>", settings.Credentials!);
        Assert.AreSequenceEqual([Password, Password], settings.Secrets.ToArray());
    }

    [TestMethod]
    public void Without_credentials_there_is_no_file_of_them()
    {
        var settings = new NuGetSettings();
        settings.Read(_folder.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>"));

        Assert.IsNull(settings.Credentials);
        Assert.IsEmpty(settings.Variables);
    }

    [TestMethod]
    public void Folder_feeds_become_folders_of_the_builder()
    {
        var settings = new NuGetSettings();

        var text = settings.Read(_folder.Write("a/nuget.config", """
            <configuration><packageSources>
              <add key="relative" value="..\feed" /><add key="again" value="../feed" /><add key="absolute" value="/srv/feed" />
            </packageSources></configuration>
            """));

        Assert.Contains("""<add key="relative" value="/feeds/0" />""", text);
        Assert.Contains("""<add key="again" value="/feeds/0" />""", text);
        Assert.Contains("""<add key="absolute" value="/feeds/1" />""", text);
        Assert.AreSequenceEqual([_folder["feed"], "/srv/feed"], settings.Feeds.Select(feed => feed.Source).ToArray());
    }

    [TestMethod]
    public void Files_outside_the_context_become_one_in_which_the_strongest_comes_last()
    {
        var settings = new NuGetSettings();
        var strong = _folder.Write(
            "strong.config",
            "<configuration><packageSources><clear /><add key='b' value='https://b.test' /></packageSources></configuration>");
        var weak =
            _folder.Write(
                "weak.config",
                "<configuration><packageSources><add key='a' value='https://a.test' /></packageSources><disabledPackageSources><add " +
                "key='a' value='true' /></disabledPackageSources></configuration>");

        var text = settings.ReadAll([strong, weak]);

        Assert.AreEqual(
            """
            <configuration>
              <packageSources>
                <clear />
                <add key="a" value="https://a.test" />
                <clear />
                <add key="b" value="https://b.test" />
              </packageSources>
              <disabledPackageSources>
                <add key="a" value="true" />
              </disabledPackageSources>
            </configuration>

            """,
            text);
    }

    [TestMethod]
    public void Variables_that_are_set_are_handed_on_by_name()
    {
        var settings = new NuGetSettings();

        var text = settings.Read(_folder.Write("nuget.config", """
            <configuration><packageSources><add key="a" value="%PATH%" /><add key="b" value="%NO_SUCH_VARIABLE_IS_SET%/v3" /></packageSources></configuration>
            """));

        Assert.AreSequenceEqual(["PATH"], settings.Variables.ToArray());
        Assert.Contains("""value="%PATH%" """.Trim(), text);
    }

    [TestMethod]
    public void A_file_that_is_no_xml_is_an_error_at_its_line()
    {
        var file = _folder.Write("nuget.config", "<configuration>\n  <oops\n</configuration>");

        var problem = Assert.ThrowsExactly<ProjectException>(() => new NuGetSettings().Read(file)).Diagnostic;

        Assert.AreEqual("CST1504", problem.Code);
        Assert.AreEqual((file, 3), (problem.Location!.Value.File, problem.Location.Value.Line));
    }

    public void Dispose() => _folder.Dispose();
}
