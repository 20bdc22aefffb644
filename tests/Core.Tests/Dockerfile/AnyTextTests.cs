using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;
using CsCheck;

namespace ContainerStages.Core.Tests.Dockerfile;

/// <summary>Whatever the text, the answer is stages or diagnostics that point into it.</summary>
[TestClass]
public sealed class AnyTextTests
{
    private static readonly string[] Fragments =
    [
        "FROM", "RUN", "COPY", "ARG", "ENV", "LABEL", "CMD", "ENTRYPOINT", "EXPOSE", "VOLUME", "SHELL", "USER", "ADD", "ONBUILD",
        "HEALTHCHECK", "RNU", "from", "AS", "a", "b",
        "alpine", "scratch", "A=1", "=", "$A", "${A", "${A:-", "}", "--from=a", "--from=", "--from", "--", "--platform=linux/arm64",
        "--mount=x", "[", "]", "[\"a\"]", "[1]", "\"", "'", "\\", "`",
        "#", "# escape=`", "# syntax=x", "<<EOF", "EOF", "<<-'E'", "\n", "\n", "\n", "\r\n", "\\\n", "\\ \n", " ", " ", "\t", "\u00a0",
        "\uFEFF", "\0", "é", "🎈", "\ud83c", "/", ".", ":", "0",
    ];

    private static readonly Gen<string> Text = Gen.Int[0, Fragments.Length - 1].Array[0, 40].Select(
        indexes => string.Concat(indexes.Select(index => Fragments[index] + (index % 3 == 0 ? " " : ""))));

    [TestMethod]
    public void As_a_Dockerfile() => Text.Sample(
        text => CheckRead(text, text => StageGraph.Create(DockerfileFrontEnd.Read(text, "f", new FrontEndOptions()), null)),
        iter: 4_000);

    [TestMethod]
    public void As_steps_of_a_project() => Text.Sample(
        text => CheckRead(text, text => DockerfileFrontEnd.ReadSteps(text, "f", 1)),
        iter: 4_000);

    [TestMethod]
    public void As_an_ignore_file() => Text.Sample(
        text => CheckRead(text, text => IgnoreFile.Read(text, "f").Excludes("a/b")),
        iter: 4_000);

    [TestMethod]
    public void As_a_word() =>
        Text.Sample(
            text => CheckRead(
                text, text => new WordExpander().Expand(text, new Dictionary<string, string> { ["A"] = "x*" }, new SourceLocation("f", 1))),
            iter: 4_000);

    private static void CheckRead(string text, Action<string> read)
    {
        try
        {
            read(text);
        }
        catch (BuildFailedException failure)
        {
            Assert.IsNull(LocatedDiagnostics.WrongPlace(failure, text, "f"), text);
        }
    }
}
