using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Engines;
using ContainerStages.Planning;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Engines;

[TestClass]
public sealed class BuildSecretsTests
{
    [TestMethod]
    public void A_secret_is_the_content_of_its_file()
    {
        using var folder = new TempFolder();
        Assert.AreEqual("word\n", Encoding.UTF8.GetString(Read(folder.Write("secret", "word\n"))!));
        Assert.HasCount(500 * 1024, Read(folder.Write("large", new string('a', 500 * 1024)))!);
    }

    [TestMethod]
    [DataRow("/dev/zero", "larger than 500 KiB")]
    [DataRow("/nowhere/secret", "Could not find")]
    [DataRow("/", "denied")]
    public void A_file_that_is_no_secret_is_one_sentence(string file, string words)
    {
        var message = Assert.ThrowsExactly<BuildFailedException>(() => Read(file)).Diagnostics.Single().Message;
        Assert.Contains(words, message);
        Assert.DoesNotContain("..", message);
    }

    private static byte[]? Read(string file)
    {
        var settings = new CommandSettings { Secrets = new Dictionary<string, SecretSource> { ["s"] = new SecretSource { File = file } } };
        return new BuildSecrets(settings).Read(new PlannedSecret("/run/secrets/s", "s", null, true, new FileOwner(null, null, null)), null);
    }
}
