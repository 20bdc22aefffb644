using System.Runtime.CompilerServices;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;

namespace ContainerStages.Core.Tests.Dockerfile;

/// <summary>
/// One folder per case under Corpus: Dockerfile, what is expected of it, and where needed build-args.txt (NAME=value lines).
/// UPDATE_GOLDEN=1 writes the expected files anew; read the difference before committing it.
/// </summary>
[TestClass]
public sealed class CorpusTests
{
    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    private static readonly Platform Arm = new() { Os = "linux", Architecture = "arm64" };
    private static readonly Platform Amd = new() { Os = "linux", Architecture = "amd64" };

    public static IEnumerable<object[]> Cases =>
        Directory.GetDirectories(CorpusFolder()).Order(StringComparer.Ordinal).Select(folder => new object[] { Path.GetFileName(folder) });

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void A_Dockerfile_reads_as_its_case_says(string name)
    {
        var folder = Path.Combine(CorpusFolder(), name);
        var actual = Read(folder);
        var expectedFile = Path.Combine(folder, "expected.txt");
        if (Update)
        {
            File.WriteAllText(expectedFile, actual);
        }

        Assert.AreEqual(File.ReadAllText(expectedFile), actual);
    }

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void What_is_written_of_a_Dockerfile_reads_as_the_same_stages(string name)
    {
        StageSet set;
        try
        {
            set = ReadStages(Path.Combine(CorpusFolder(), name));
        }
        catch (BuildFailedException)
        {
            return;
        }

        var written = DockerfileWriter.Write(set);
        var again = DockerfileFrontEnd.Read(written, "Dockerfile", new FrontEndOptions { Target = Arm, Build = Amd });
        Assert.AreEqual(StageMeaning.Of(set), StageMeaning.Of(again), written);
        Assert.AreEqual(written, DockerfileWriter.Write(again));
    }

    [TestMethod]
    public void There_are_forty_cases_or_more() => Assert.IsGreaterThanOrEqualTo(40, Cases.Count());

    private static string Read(string folder)
    {
        try
        {
            var set = ReadStages(folder);
            StageGraph.Create(set, null);
            return StageDump.Of(set);
        }
        catch (BuildFailedException failure)
        {
            return StageDump.Of(failure.Diagnostics);
        }
    }

    private static StageSet ReadStages(string folder)
    {
        var arguments = Path.Combine(folder, "build-args.txt");
        var options = new FrontEndOptions
        {
            BuildArgs = File.Exists(arguments)
                ? File.ReadAllLines(arguments).Select(line => line.Split('=', 2)).ToDictionary(parts => parts[0], parts => parts[1])
                : [],
            Target = Arm,
            Build = Amd,
        };
        return DockerfileFrontEnd.Read(File.ReadAllText(Path.Combine(folder, "Dockerfile")), "Dockerfile", options);
    }

    private static string CorpusFolder([CallerFilePath] string thisFile = "") => Path.Combine(Path.GetDirectoryName(thisFile)!, "Corpus");
}
