using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.Oci;
using ContainerStages.Stages;
using ContainerStages.TestKit.Dockerfiles;

namespace ContainerStages.Fuzz.Targets;

/// <summary>
/// A Dockerfile reads as stages or is refused with places inside it; what is written of the stages reads as the same stages.
/// </summary>
internal static class ParserTarget
{
    private const string FileName = "Dockerfile";

    private static readonly FrontEndOptions Options = new()
    {
        Target = new Platform { Os = "linux", Architecture = "arm64" },
        Build = new Platform { Os = "linux", Architecture = "amd64" },
    };

    private static readonly string[] Words =
    [
        "FROM a", "FROM scratch AS b\n", "RUN ", "COPY ", "ADD ", "ARG ", "ENV ", "LABEL ", "CMD ", "ENTRYPOINT ", "EXPOSE ", "VOLUME ",
        "SHELL ", "USER ", "WORKDIR ", "ONBUILD ", "HEALTHCHECK ",
        "STOPSIGNAL ", "MAINTAINER ", "NONE", " AS ", "--from=", "--chown=", "--chmod=", "--link", "--parents", "--exclude=", "--platform=",
        "--mount=type=", "bind", "cache", "secret", "ssh", "tmpfs",
        ",target=/a", ",id=x", "--network=none", "--security=insecure", "--interval=1s", "--checksum=", "--keep-git-dir", "--unpack", "--",
        "[\"a\",\"b\"]", "[", "]", "\"", "'", "\\", "`", "\\\n", "`\n",
        "# escape=`\n", "# syntax=a\n", "# check=skip=all;error=true\n", "#", "<<EOF", "<<-EOF", "<<'EOF'", "\nEOF\n", "$A", "${A", "${A:-",
        "${A:?", "${A#", "${A%%", "${A//x/y}", "}", "=", "\n", "\r\n",
        "\t", " ", "\0", "\uFEFF", "\u00a0", "é", "/", "..", "*", "**", "0", "9999999999999999999",
    ];

    public static FuzzTarget Create() => new(
        "parser",
        [.. Inputs.Kept("parser"), .. Inputs.OfCases("Dockerfile")],
        Inputs.Of(Words),
        input => Check(Encoding.UTF8.GetString(input)));

    private static void Check(string text)
    {
        DockerfileFrontEnd.Check(text, FileName, Options);
        if (Answer(text, () => DockerfileFrontEnd.Read(text, FileName, Options)) is not { } stages)
        {
            return;
        }

        Answer(text, () => StageGraph.Create(stages, null));
        CheckWriting(stages);
    }

    private static void CheckWriting(StageSet stages)
    {
        var written = DockerfileWriter.Write(stages);
        StageSet again;
        try
        {
            again = DockerfileFrontEnd.Read(written, FileName, Options);
        }
        catch (BuildFailedException refused)
        {
            throw new PropertyBrokenException($"what was written is refused ({refused.Message}):\n{written}");
        }

        if (StageMeaning.Of(stages) != StageMeaning.Of(again))
        {
            throw new PropertyBrokenException(
                $"what was written means something else:\n{written}\n--- was\n{StageMeaning.Of(stages)}\n--- is\n{StageMeaning.Of(again)}");
        }

        if (DockerfileWriter.Write(again) is var twice && twice != written)
        {
            throw new PropertyBrokenException($"what was written is written differently:\n{written}\n---\n{twice}");
        }
    }

    private static T? Answer<T>(string text, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (BuildFailedException refused)
        {
            return LocatedDiagnostics.WrongPlace(refused, text, FileName) is { } problem
                ? throw new PropertyBrokenException(problem)
                : null;
        }
    }
}
