using System.Text.Json;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// <c>dotnet-stages import</c>: the project that it writes gives, by a real publish, the digest of the Dockerfile's image.
/// </summary>
[TestClass]
[TestCategory("EndToEnd")]
public sealed class ImportTests(TestContext context)
{
    /// <summary>Cases of tests/Differential.Tests without files that git cannot hold and without arguments.</summary>
    private static readonly string[] Cases =
    [
        "arg-default-in-from", "arg-global", "arg-in-platform", "arg-redeclared", "cmd-shell-form", "copy-exclude", "copy-link-from-stage",
        "env-quotes", "healthcheck-options",
        "heredoc-copy-several", "heredoc-copy-tabs", "heredoc-run-shebang", "history-of-everything", "label-quotes", "mount-cache-sharing",
        "mount-several", "onbuild-settings",
        "onbuild-triggers-of-stage", "stage-by-index", "stage-name-of-image", "stage-name-twice-from", "text-crlf",
    ];

    private static readonly Dictionary<string, string> Own = new(StringComparer.Ordinal)
    {
        ["of-everything"] = """
            # syntax=docker/dockerfile:1
            ARG BASE=alpine
            ARG SHARED="x <y> & z"
            FROM ${BASE} AS build
            ARG SHARED
            ARG OWN=$SHARED-1
            LABEL a="<b> & 'c' \"d\" %20 %(x) @(y) $(z)"
            RUN echo "$(date -u +%Y | cut -c1) $SHARED ${OWN} <>&;%41 @(a) %(b)" > /x && [ "$(cat /x | wc -l)" = 1 ] \
                # a comment
                && echo `echo tick`; echo 'a;b' > /y
            RUN <<EOF
            set -e
            echo "$(echo in <<X | cat
            X
            ) &amp; ]]> <!-- -->" > /h
              echo indented >> /h

            EOF
            ONBUILD RUN echo "$(cat /x)" > /onbuild
            ONBUILD COPY <<D /t
            	${OWN} $(q) %41
            D
            FROM build
            COPY --from=0 --link /x /copy
            COPY <<-"A" <<B /many/
            	tab $x
            	A
            ${SHELL:-none} $(not)
            B
            HEALTHCHECK --interval=5m CMD echo "$(id)" || exit 1
            SHELL ["/bin/sh", "-ec"]
            RUN --mount=type=cache,target=/c,id=$OWN --mount=type=tmpfs,target=/m echo $(ls /m | wc -l) > /count
            CMD echo "$(x)" %20
            """,
        ["escape"] = "# escape=`\nFROM alpine AS one\nRUN echo a`echo b` `\n  > /x\nFROM alpine AS two\nCOPY --from=one /x /\n",
    };

    [TestMethod]
    public async Task An_imported_project_gives_the_image_of_its_Dockerfile()
    {
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_REGISTRY") is not { Length: > 0 })
        {
            Assert.Inconclusive("CONTAINERSTAGES_TEST_REGISTRY is not set: run build/base-images.sh and take over what it exports.");
        }

        using var solution = await UserProject.CreateAsync(context);
        foreach (var name in Cases)
        {
            CopyCase(name, solution);
        }

        foreach (var (name, text) in Own)
        {
            solution.Write($"{name}/Dockerfile", text);
        }

        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in Cases.Concat(Own.Keys))
        {
            var imported = (await solution.StagesAsync("import", $"{name}/Dockerfile")).ShouldSucceed();
            solution.Write($"{name}/app.goproj", imported.Output);
            var built = (await solution.StagesAsync("build", "--progress", "plain", name)).ShouldSucceed();
            expected.Add(name, built.Output.Split('@')[^1][..71]);
        }

        solution.Write("all.proj", """
            <Project>
              <ItemGroup><Imported Include="*/app.goproj" /></ItemGroup>
              <Target Name="Publish"><MSBuild Projects="@(Imported)" Targets="Publish" /></Target>
            </Project>
            """);
        (await solution.DotnetAsync("msbuild", "all.proj", "-t:Publish")).ShouldSucceed();

        var differing = expected.Where(image => DigestOf(solution.Read($"{image.Key}/obj/containerstages/result.json")) != image.Value)
            .Select(image => image.Key);
        Assert.IsEmpty(differing, string.Join(", ", differing));
    }

    private static void CopyCase(string name, UserProject solution)
    {
        var folder = Repository.File($"tests/Differential.Tests/Cases/{name}");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) is not ("newer.txt" or "expected.txt" or "different.txt")))
        {
            var copy = solution.Full(Path.Combine(name, Path.GetRelativePath(folder, file)));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private static string DigestOf(string result)
    {
        using var json = JsonDocument.Parse(result);
        return json.RootElement.GetProperty("manifestDigest").GetString()!;
    }
}
