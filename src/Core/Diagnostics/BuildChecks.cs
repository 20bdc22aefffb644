using System.Collections.Immutable;
using ContainerStages.Contracts;

namespace ContainerStages.Diagnostics;

/// <summary>A build check of BuildKit under its name. Source: https://docs.docker.com/reference/build-checks/</summary>
/// <param name="Name">What <c># check=skip=</c> names.</param>
/// <param name="Code">The code of the warning.</param>
/// <param name="Fix">What to do about it, in a few words.</param>
/// <param name="IsExperimental">True: runs only where <c># check=experimental=</c> names it.</param>
internal sealed record BuildCheck(string Name, string Code, string Fix, bool IsExperimental = false)
{
    public string Link => $"https://docs.docker.com/reference/build-checks/{string.Concat(Name.Select(ToLink))}/";

    public Diagnostic Warn(string text, SourceLocation location) => new(Code, Severity.Warning, $"{Name}: {text}. {Fix}", location);

    private string ToLink(char character, int index) => char.IsUpper(character)
        ? (index > 0 && !char.IsUpper(Name[index - 1])
        ? "-"
        : index > 0 && index + 1 < Name.Length && char.IsLower(Name[index + 1]) ? "-" : "") + char.ToLowerInvariant(character)
        : character.ToString();
}

/// <summary>All build checks, each with its name, its code and what mends it.</summary>
internal static class BuildChecks
{
    public static BuildCheck StageNameCasing { get; } = new("StageNameCasing", "CST2221", "Write the name in lower case.");

    public static BuildCheck FromAsCasing { get; } = new("FromAsCasing", "CST2222", "Write both in upper or both in lower case.");

    public static BuildCheck NoEmptyContinuation { get; } = new(
        "NoEmptyContinuation",
        "CST2223",
        "Remove the empty line, or put a comment in it.");

    public static BuildCheck ConsistentInstructionCasing { get; } = new(
        "ConsistentInstructionCasing",
        "CST2224",
        "Write all instructions in the same case.");

    public static BuildCheck DuplicateStageName { get; } = new("DuplicateStageName", "CST2225", "Give each stage a name of its own.");

    public static BuildCheck ReservedStageName { get; } = new("ReservedStageName", "CST2226", "Choose another name.");

    public static BuildCheck JsonArgsRecommended { get; } = new(
        "JSONArgsRecommended",
        "CST2227",
        "Write a JSON array, or set SHELL before it.");

    public static BuildCheck MaintainerDeprecated { get; } = new(
        "MaintainerDeprecated",
        "CST2228",
        "Write LABEL org.opencontainers.image.authors=\"...\".");

    public static BuildCheck UndefinedArgInFrom { get; } = new(
        "UndefinedArgInFrom",
        "CST2229",
        "Declare it with ARG before the first FROM.");

    public static BuildCheck WorkdirRelativePath { get; } = new("WorkdirRelativePath", "CST2230", "Begin with an absolute WORKDIR.");

    public static BuildCheck UndefinedVar { get; } = new("UndefinedVar", "CST2231", "Declare it with ARG or ENV in the stage.");

    public static BuildCheck MultipleInstructionsDisallowed { get; } = new("MultipleInstructionsDisallowed", "CST2232", "Remove this one.");

    public static BuildCheck LegacyKeyValueFormat { get; } = new("LegacyKeyValueFormat", "CST2233", "Put '=' between name and value.");

    public static BuildCheck InvalidBaseImagePlatform { get; } = new(
        "InvalidBaseImagePlatform",
        "CST2234",
        "Name an image of the platform, or build for the image's.");

    public static BuildCheck RedundantTargetPlatform { get; } = new("RedundantTargetPlatform", "CST2235", "Remove --platform.");

    public static BuildCheck SecretsUsedInArgOrEnv { get; } = new("SecretsUsedInArgOrEnv", "CST2236", "Use RUN --mount=type=secret.");

    public static BuildCheck InvalidDefaultArgInFrom { get; } = new(
        "InvalidDefaultArgInFrom",
        "CST2237",
        "Give the ARG a default that names an image.");

    public static BuildCheck FromPlatformFlagConstDisallowed { get; } = new(
        "FromPlatformFlagConstDisallowed",
        "CST2238",
        "Use $BUILDPLATFORM or another argument, or put the platform into the stage's name.");

    public static BuildCheck CopyIgnoredFile { get; } = new(
        "CopyIgnoredFile",
        "CST2239",
        "Copy another file, or take the rule out of the ignore file.",
        IsExperimental: true);

    public static BuildCheck InvalidDefinitionDescription { get; } = new(
        "InvalidDefinitionDescription",
        "CST2240",
        "Begin the comment with the name, or put an empty line after it.",
        IsExperimental: true);

    public static BuildCheck ExposeProtoCasing { get; } = new("ExposeProtoCasing", "CST2241", "Write tcp, udp or sctp.");

    public static BuildCheck ExposeInvalidFormat { get; } = new("ExposeInvalidFormat", "CST2242", "Name the container's port only.");

    /// <summary>Of ours alone: BuildKit says nothing.</summary>
    public static BuildCheck FinalStagePlatform { get; } = new(
        "FinalStagePlatform",
        "CST2243",
        "Take --platform away from that FROM, or copy into a stage without it.");

    public static ImmutableArray<BuildCheck> All { get; } =
    [
        StageNameCasing, FromAsCasing, NoEmptyContinuation, ConsistentInstructionCasing, DuplicateStageName, ReservedStageName,
        JsonArgsRecommended, MaintainerDeprecated,
        UndefinedArgInFrom, WorkdirRelativePath, UndefinedVar, MultipleInstructionsDisallowed, LegacyKeyValueFormat,
        InvalidBaseImagePlatform, RedundantTargetPlatform,
        SecretsUsedInArgOrEnv, InvalidDefaultArgInFrom, FromPlatformFlagConstDisallowed, CopyIgnoredFile, InvalidDefinitionDescription,
        ExposeProtoCasing, ExposeInvalidFormat, FinalStagePlatform,
    ];
}
