using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;

namespace ContainerStages.Conventions;

/// <summary>
/// Which image builds an application for a platform, and what it lacks for that. Source: the tags of mcr.microsoft.com/dotnet/sdk.
/// </summary>
internal sealed class DotNetToolchain
{
    private const string Repository = "mcr.microsoft.com/dotnet/sdk";
    private const int FirstWithAotImages = 10;

    // Processors that .NET publishes for: as OCI names them, as a runtime identifier does, and as Debian's cross compilers do.
    private static readonly (string Architecture, string Rid, string Debian, string Compiler)[] Processors =
    [
        ("amd64", "x64", "amd64", "x86-64-linux-gnu"), ("arm64", "arm64", "arm64", "aarch64-linux-gnu"),
        ("arm", "arm", "armhf", "arm-linux-gnueabihf"),
        ("386", "x86", "i386", "i686-linux-gnu"), ("s390x", "s390x", "s390x", "s390x-linux-gnu"),
        ("ppc64le", "ppc64le", "ppc64el", "powerpc64le-linux-gnu"),
        ("riscv64", "riscv64", "riscv64", "riscv64-linux-gnu"), ("loong64", "loongarch64", "loong64", "loongarch64-linux-gnu"),
    ];

    /// <exception cref="BuildFailedException">.NET has no runtime for the platform, or native code cannot be made for it here.</exception>
    public DotNetToolchain(DotNetApplication application, Platform target, Platform build, SourceLocation location)
    {
        var processor = Processors.FirstOrDefault(known => known.Architecture == target.Architecture && target.Os == "linux");
        if (processor.Rid is null)
        {
            throw new BuildFailedException(
                DotNetDiagnostics.PlatformUnknown(target.ToString(), Processors.Select(known => $"linux/{known.Architecture}"), location));
        }

        var isCross = target.Architecture != build.Architecture;
        RuntimeIdentifier = $"linux-{(application.Musl ? "musl-" : "")}{processor.Rid}";
        BuilderPlatform = isCross ? build.ToString() : null;
        BuilderImage = application.BuilderImage
            ?? $"{Repository}:{application.Framework}{(application.Musl ? "-alpine" : "")}{(HasAotImage(application) ? "-aot" : "")}";
        if (application.NativeAot)
        {
            NeededTools = isCross
                ? $"clang, llvm, gcc-{processor.Compiler}, libc6-dev-{processor.Debian}-cross"
                : application.Musl
                ? "build-base, clang, zlib-dev"
                : "clang, zlib1g-dev";
            Installation = isCross ? Cross(application, processor.Debian, processor.Compiler, location) : Missing(application);
        }
    }

    public string BuilderImage { get; }

    /// <summary>Null where it is that of the image.</summary>
    public string? BuilderPlatform { get; }

    public string RuntimeIdentifier { get; }

    /// <summary>A command that adds what the image lacks; null where nothing can lack.</summary>
    public string? Installation { get; }

    /// <summary>The packages that <see cref="Installation"/> adds, for people.</summary>
    public string NeededTools { get; } = "";

    private static bool HasAotImage(DotNetApplication application) =>
        application.NativeAot
            && int.TryParse(application.Framework.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && major >= FirstWithAotImages;

    // An image that the user names has what it has; a linker that lacks is told when it is looked for.
    private static string? Missing(DotNetApplication application) => application.BuilderImage is not null || HasAotImage(application) ? null
        : application.Musl ? "apk add --no-cache build-base clang zlib-dev"
        : "apt-get update && apt-get install -y --no-install-recommends clang zlib1g-dev && rm -rf /var/lib/apt/lists/*";

    private static string Cross(DotNetApplication application, string debian, string compiler, SourceLocation location) => application.Musl
        ? throw new BuildFailedException(DotNetDiagnostics.NoCrossToolchain(debian, location))
        : $"command -v {compiler.Replace("x86-64", "x86_64", StringComparison.Ordinal)}-gcc >/dev/null && command -v clang >/dev/null && " +
            "command -v llvm-objcopy >/dev/null"
          + $" || {{ apt-get update && apt-get install -y --no-install-recommends clang llvm gcc-{compiler} libc6-dev-{debian}-cross && " +
              "rm -rf /var/lib/apt/lists/*; }";
}
