using ContainerStages.Images;

namespace ContainerStages.Sdk.Tests;

/// <summary>
/// The package as a user gets it: packed once per run (nothing is done when the sources are those of the last pack), unpacked into a
/// packages folder of this run, because NuGet never looks again at a version it has unpacked.
/// </summary>
[TestClass]
public sealed class PackedSdk
{
    private static readonly Lazy<Task<PackedSdk>> Once = new(PackAsync);

    private readonly string _folder = Directory.CreateTempSubdirectory("containerstages-sdk-").FullName;

    /// <summary>The engine program that stands alone. Where another is named, no native one is made, and the package has none.</summary>
    public static string Program => NamedProgram ?? Repository.File("artifacts/program/linux-x64/dotnet-stages");

    /// <summary>The environment of every command: packages and a store of this run.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["NUGET_PACKAGES"] = Path.Combine(_folder, "packages"),
        ["CONTAINERSTAGES_STORE"] = System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_STORE")
            ?? Path.Combine(_folder, "store"),
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1",
        ["DOTNET_NOLOGO"] = "1",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["MSBUILDTERMINALLOGGER"] = "off",
    };

    private static string? NamedProgram =>
        System.Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_PROGRAM") is { Length: > 0 } named ? named : null;

    public static Task<PackedSdk> GetAsync() => Once.Value;

    [AssemblyCleanup]
    public static async Task Every_image_is_valid_and_the_folder_goes()
    {
        if (!Once.IsValueCreated)
        {
            return;
        }

        var sdk = await Once.Value;
        var store = sdk.Environment["CONTAINERSTAGES_STORE"];
        IReadOnlyList<string> findings = Directory.Exists(store)
            ? await LayoutValidator.ValidateFolderAsync(store, CancellationToken.None)
            : [];
        Directory.Delete(sdk._folder, recursive: true);
        Assert.IsEmpty(findings);
    }

    private static async Task<PackedSdk> PackAsync()
    {
        var sdk = new PackedSdk();
        // An ordinary user reads it too.
        File.SetUnixFileMode(sdk._folder, (UnixFileMode)0x1ED);
        string[] form = NamedProgram is null ? [] : ["--no-native"];
        var packed = await Command.RunAsync(
            Repository.File("build/pack.sh"),
            form,
            Repository.Root,
            new Dictionary<string, string>(StringComparer.Ordinal),
            CancellationToken.None);
        packed.ShouldSucceed();
        return sdk;
    }
}
