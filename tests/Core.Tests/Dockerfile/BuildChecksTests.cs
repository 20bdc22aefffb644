using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;

namespace ContainerStages.Core.Tests.Dockerfile;

/// <summary>For each build check one file that it warns of and one that it does not. Texts are BuildKit's.</summary>
[TestClass]
public sealed class BuildChecksTests
{
    [TestMethod]
    [DataRow(
        "StageNameCasing", "FROM scratch AS BuilderBase", "Stage name 'BuilderBase' should be lowercase", "FROM scratch AS builder-base")]
    [DataRow("FromAsCasing", "FROM scratch as builder", "'as' and 'FROM' keywords' casing do not match", "from scratch as builder")]
    [DataRow("NoEmptyContinuation", "FROM alpine\nRUN a \\\n\n  b", "Empty continuation line", "FROM alpine\nRUN a \\\n# comment\n  b")]
    [DataRow(
        "ConsistentInstructionCasing",
        "FROM alpine\nrun a",
        "Command 'run' should match the case of the command majority (uppercase)",
        "from alpine\nrun a")]
    [DataRow(
        "DuplicateStageName",
        "FROM a AS x\nFROM b AS x",
        "Duplicate stage name \"x\", stage names should be unique",
        "FROM a AS x\nFROM b AS y")]
    [DataRow(
        "ReservedStageName",
        "FROM a AS context",
        "Stage name should not use the same name as reserved stage \"context\"",
        "FROM a AS builder")]
    [DataRow(
        "JSONArgsRecommended",
        "FROM alpine\nENTRYPOINT my-program start",
        "JSON arguments recommended for ENTRYPOINT to prevent unintended behavior related to OS signals",
        "FROM alpine\nSHELL [\"/bin/bash\", \"-c\"]\nCMD a")]
    [DataRow(
        "MaintainerDeprecated",
        "FROM alpine\nMAINTAINER me",
        "Maintainer instruction is deprecated in favor of using label",
        "FROM alpine\nLABEL org.opencontainers.image.authors=me")]
    [DataRow(
        "UndefinedArgInFrom",
        "ARG VERSION\nFROM alpine:3$VERSIO",
        "FROM argument 'VERSIO' is not declared (did you mean VERSION?)",
        "ARG VERSION=3\nFROM alpine:$VERSION")]
    [DataRow(
        "WorkdirRelativePath",
        "FROM nginx\nWORKDIR usr/share",
        "Relative workdir \"usr/share\" can have unexpected results if the base image changes",
        "FROM nginx\nWORKDIR /usr\nWORKDIR share")]
    [DataRow(
        "MultipleInstructionsDisallowed",
        "FROM alpine\nCMD [\"a\"]\nCMD [\"b\"]",
        "Multiple CMD instructions should not be used in the same stage because only the last one will be used",
        "FROM alpine AS a\nCMD [\"a\"]\nFROM alpine\nCMD [\"b\"]")]
    [DataRow(
        "LegacyKeyValueFormat",
        "FROM alpine\nENV DIR /a b",
        "\"ENV key=value\" should be used instead of legacy \"ENV key value\" format",
        "FROM alpine\nENV DIR=/a")]
    [DataRow(
        "RedundantTargetPlatform",
        "FROM --platform=$TARGETPLATFORM alpine",
        "Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior",
        "FROM --platform=$BUILDPLATFORM alpine")]
    [DataRow(
        "SecretsUsedInArgOrEnv",
        "FROM scratch\nARG AWS_SECRET_ACCESS_KEY",
        "Do not use ARG or ENV instructions for sensitive data (ARG \"AWS_SECRET_ACCESS_KEY\")",
        "FROM scratch\nARG PUBLIC_KEY\nENV TOKENIZER=a")]
    [DataRow(
        "InvalidDefaultArgInFrom",
        "ARG TAG\nFROM busybox:${TAG}",
        "Default value for ARG busybox:${TAG} results in empty or invalid base image name",
        "ARG TAG\nFROM busybox:${TAG:-1}")]
    [DataRow(
        "FromPlatformFlagConstDisallowed",
        "FROM --platform=linux/amd64 alpine AS base",
        "FROM --platform flag should not use constant value \"linux/amd64\"",
        "FROM --platform=linux/amd64 alpine AS build-amd64")]
    [DataRow(
        "CopyIgnoredFile",
        "# check=experimental=CopyIgnoredFile\nFROM scratch\nCOPY obj/a .\nADD ./secret.txt /",
        "Attempting to Add file \"./secret.txt\" that is excluded by .dockerignore",
        "# check=experimental=all\nFROM scratch\nCOPY src .\nCOPY --from=a secret.txt .")]
    [DataRow(
        "InvalidDefinitionDescription",
        "# check=experimental=all\n# a base\nFROM scratch AS base",
        "Comment for FROM should follow the format: `# base <description>`",
        "# check=experimental=all\n# base is where it begins\n# check=skip=StageNameCasing\nFROM scratch AS base\n# x\n#\nARG a")]
    [DataRow(
        "ExposeProtoCasing",
        "FROM alpine\nEXPOSE 80/TcP",
        "Defined protocol '80/TcP' in EXPOSE instruction should be lowercase",
        "FROM alpine\nEXPOSE 80/tcp")]
    [DataRow(
        "ExposeInvalidFormat",
        "FROM alpine\nEXPOSE 127.0.0.1:80:80",
        "EXPOSE instruction should not define an IP address or host-port mapping, found '127.0.0.1:80:80'",
        "FROM alpine\nEXPOSE 80")]
    public void A_check_warns_of_what_it_is_for_and_of_nothing_else(string name, string wrong, string text, string right)
    {
        var code = BuildChecks.All.Single(check => check.Name == name).Code;
        var found = Check(wrong).Last(diagnostic => diagnostic.Code == code);
        Assert.StartsWith($"{name}: {text}. ", found.Message);
        Assert.AreEqual(Severity.Warning, found.Severity);
        Assert.AreNotEqual(0, found.Location!.Value.Line);
        Assert.IsEmpty(Check(right).Where(diagnostic => diagnostic.Code == code).Select(diagnostic => diagnostic.ToString()));
    }

    [TestMethod]
    [DataRow("skip=JSONArgsRecommended,WorkdirRelativePath", "")]
    [DataRow("skip=all", "")]
    [DataRow("skip=JSONArgsRecommended", "CST2230 Warning")]
    [DataRow("skip=jsonargsrecommended ; error=true", "CST2230 Error")]
    [DataRow("error=true", "CST2230 Error, CST2227 Error")]
    public void The_check_directive_skips_checks_and_makes_errors_of_them(string directive, string expected)
    {
        var found = Check($"# check={directive}\nFROM alpine\nWORKDIR a\nCMD b");
        Assert.AreEqual(expected, string.Join(", ", found.Select(diagnostic => $"{diagnostic.Code} {diagnostic.Severity}")));
    }

    [TestMethod]
    public void Of_a_FROM_in_mixed_case_the_AS_is_not_told() =>
        Assert.AreEqual("CST2224", Check("From scratch as builder\nRUN a\nRUN b").Single().Code);

    [TestMethod]
    public void What_is_experimental_is_not_checked_unless_asked_for() => Assert.IsEmpty(Check("FROM scratch\nCOPY obj/a .\n# x\nARG a"));

    [TestMethod]
    [DataRow("skip=all", "")]
    [DataRow("error=true", "CST2230 Error, CST2227 Error")]
    [DataRow("", "CST2230 Warning, CST2227 Warning")]
    public void The_build_argument_stands_in_the_place_of_the_directive(string argument, string expected)
    {
        var options = new FrontEndOptions { BuildArgs = new Dictionary<string, string> { ["BUILDKIT_DOCKERFILE_CHECK"] = argument } };
        var found =
            DockerfileFrontEnd.Check("# check=skip=JSONArgsRecommended;error=true\nFROM alpine\nWORKDIR a\nCMD b", "Dockerfile", options);
        Assert.AreEqual(expected, string.Join(", ", found.Select(diagnostic => $"{diagnostic.Code} {diagnostic.Severity}")));
    }

    [TestMethod]
    [DataRow("docker/dockerfile:1.4", null)]
    [DataRow("docker/dockerfile-upstream:master", null)]
    [DataRow("docker/dockerfile:1@sha256:4edf897a3ffa55b89f906fc8cc78afdb3f1834cc9c7083565e611a8a7d5fe99e", null)]
    [DataRow("index.docker.io/docker/dockerfile", null)]
    [DataRow("mirror.example.org/docker/dockerfile:1", null)]
    [DataRow("localhost:5000/hub/docker/dockerfile:1 options", null)]
    [DataRow("example.org/dockerfile", "CST2024")]
    [DataRow("mydocker/dockerfile", "CST2024")]
    [DataRow("docker/dockerfile/other", "CST2024")]
    public void The_language_may_be_named_by_its_image_in_any_registry(string syntax, string? code)
    {
        Assert.AreEqual(code, Code($"# syntax={syntax}\nFROM scratch", []));
        Assert.AreEqual(code, Code("# syntax=docker/dockerfile\nFROM scratch", new() { ["BUILDKIT_SYNTAX"] = syntax }));
        Assert.IsNull(Code($"# syntax={syntax}\nFROM scratch", new() { ["BUILDKIT_SYNTAX"] = "docker/dockerfile" }));

        static string? Code(string text, Dictionary<string, string> arguments) =>
            DockerfileFrontEnd.Check(text, "Dockerfile", new FrontEndOptions { BuildArgs = arguments }).SingleOrDefault()?.Code;
    }

    [TestMethod]
    public void Warnings_come_with_the_stages_and_errors_end_the_build()
    {
        const string text = "FROM alpine\nCMD b";
        var set = DockerfileFrontEnd.Read(text, "Dockerfile", new FrontEndOptions());
        Assert.AreEqual("CST2227", set.Warnings.Single().Code);
        var failure = Assert.ThrowsExactly<BuildFailedException>(
            () => DockerfileFrontEnd.Read("# check=error=true\n" + text, "Dockerfile", new FrontEndOptions()));
        Assert.AreEqual("CST2227", failure.Diagnostics.Single().Code);
    }

    [TestMethod]
    public void An_empty_continuation_is_told_at_the_last_line_of_its_instruction() =>
        Assert.AreEqual("Dockerfile(5)", Check("FROM alpine\nRUN a \\\n\n  b \\\n  c\nRUN d").Single().Location.ToString());

    [TestMethod]
    public void Every_check_has_a_page_of_its_own() =>
        Assert.AreEqual("https://docs.docker.com/reference/build-checks/json-args-recommended/", BuildChecks.JsonArgsRecommended.Link);

    private static IReadOnlyList<Diagnostic> Check(string text) =>
        DockerfileFrontEnd.Check(text, "Dockerfile", new FrontEndOptions { Ignore = IgnoreFile.Read("obj\n*.txt") });
}
