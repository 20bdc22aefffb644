using ContainerStages.Stages;

namespace ContainerStages.Core.Tests.Stages;

/// <summary>Pairs of a context's name and a name in the Dockerfile; Docker finds all that are found here.</summary>
[TestClass]
public sealed class NamedContextsTests
{
    private static readonly StageSource.Folder Mine = new("/mine");

    [TestMethod]
    [DataRow("golang", "golang")]
    [DataRow("golang", "golang:latest")]
    [DataRow("golang:latest", "golang")]
    [DataRow("golang", "library/golang")]
    [DataRow("library/golang", "golang")]
    [DataRow("docker.io/library/golang", "golang")]
    [DataRow("docker.io/golang", "golang")]
    [DataRow("index.docker.io/library/golang", "golang:latest")]
    [DataRow("ruby:3", "docker.io/library/ruby:3")]
    [DataRow("bitnami/golang", "docker.io/bitnami/golang")]
    [DataRow("localhost:5000/a/b", "localhost:5000/a/b:latest")]
    [DataRow("Base", "base", DisplayName = "names of stages have no case")]
    [DataRow("src_1", "SRC_1")]
    [DataRow("-odd-", "-ODD-", DisplayName = "no name of an image")]
    public void Names_are_compared_as_full_references(string name, string used)
    {
        Assert.AreEqual(Mine, NamedContexts.None.With(name, Mine).Find(used));
        Assert.IsEmpty(NamedContexts.None.With(name, Mine).Except([used]));
    }

    [TestMethod]
    [DataRow("golang", "golang:1.25")]
    [DataRow("golang:1", "golang")]
    [DataRow("golang", "bitnami/golang")]
    [DataRow("golang", "localhost:5000/golang")]
    [DataRow("golang:A", "golang:a")]
    public void Another_image_is_not_meant(string name, string used)
    {
        Assert.IsNull(NamedContexts.None.With(name, Mine).Find(used));
        Assert.AreSequenceEqual(new[] { name }, NamedContexts.None.With(name, Mine).Except([used]));
    }

    [TestMethod]
    public void Of_two_with_one_name_the_later_wins() =>
        Assert.AreEqual(
            Mine, NamedContexts.None.With("golang", new StageSource.Scratch()).With("docker.io/library/golang", Mine).Find("golang"));
}
