using ContainerStages.Contracts;
using ContainerStages.Oci;

namespace ContainerStages.Diagnostics;

/// <summary>What can go wrong with the engine buildkit alone (CST6411 to CST6421).</summary>
internal static class BuildKitDiagnostics
{
    private const string Engine = "The engine 'buildkit'";

    public static Diagnostic NoBuildx() => Error(
        "CST6411",
        $"{Engine} needs buildx, which is neither a plugin of 'docker' nor a program 'buildx' or 'docker-buildx' in PATH. Install it " +
        "(the package docker-buildx-plugin or docker-buildx), or choose another engine (ContainerStagesEngine, --engine).");

    public static Diagnostic OldBuildx(string version, Version oldest) => Error(
        "CST6412",
        $"{Engine} needs buildx {oldest} or later; here is {version}. Install a newer one (the package " +
        "docker-buildx-plugin or docker-buildx).");

    public static Diagnostic NotAnswering(string address, string detail) => Error(
        "CST6415",
        $"No BuildKit daemon answers at '{address}': {detail} See that it runs and listens there (buildkitd --addr), and that this " +
        "machine reaches it.");

    public static Diagnostic NoTls(string address, string detail) => Error(
        "CST6416",
        $"The BuildKit daemon at '{address}' and this machine do not agree on TLS: {detail} ContainerStagesEngineCertificates " +
        "(--engine-certificates) names a folder with ca.pem, which signed the daemon's certificate for the name in the address, and " +
        "cert.pem and key.pem, which the daemon accepts.");

    public static Diagnostic NoBuilder(string name) => Error(
        "CST6417",
        $"buildx knows no builder '{name}'. 'docker buildx ls' prints those that are there; " +
        $"'docker buildx create --name {name}' makes one.");

    /// <param name="builder">With its name, where it has one.</param>
    public static Diagnostic CannotUse(string builder, string why) => Error(
        "CST6418",
        $"{Engine} cannot use {builder}: {why} Name a builder or the address of a BuildKit daemon (ContainerStagesEngineAddress, " +
        "--engine-address), or make a builder the current one (docker buildx create --use).");

    /// <param name="wanted">By the stages of one image.</param>
    /// <param name="platforms">What there is.</param>
    public static Diagnostic NoPlatform(IEnumerable<Platform> wanted, IEnumerable<Platform> platforms) => Error(
        "CST6419",
        $"{Engine} has no builder that runs programs for {string.Join(" and ", wanted)}; it runs {string.Join(", ", platforms)}. " +
        "Register an emulator where it runs (docker run --privileged --rm tonistiigi/binfmt --install all), or name a builder " +
        "that has a node for the platform.");

    /// <param name="address">One of several.</param>
    /// <param name="why">What is wrong with it.</param>
    public static Diagnostic WithoutOne(string address, Diagnostic why) => new(
        "CST6421",
        Severity.Warning,
        $"The builder '{address}' takes no part in this build, and the others run its commands. {why.Message}");

    private static Diagnostic Error(string code, string message) => new(code, Severity.Error, message);
}
