using ContainerStages.Contracts;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Sandboxing;

[TestClass]
public sealed class SearchPathTests
{
    [TestMethod]
    public void The_first_folder_that_has_the_program_counts()
    {
        using var folder = new TempFolder();
        folder.Write("second/program", "");
        folder.Write("third/program", "");
        var path = $":{folder.Combine("first")}:{folder.Combine("second")}:{folder.Combine("third")}";
        Assert.AreEqual(folder.Combine("second", "program"), SearchPath.Find("program", path));
        Assert.IsNull(SearchPath.Find("other", path));
        Assert.IsNull(SearchPath.Find("program", null));
    }
}
