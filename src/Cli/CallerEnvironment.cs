using System.Collections;

namespace ContainerStages.Cli;

/// <summary>
/// What the calling program added to its own environment when it started this one: <c>dotnet run</c> hands the variables of <c>-e</c> and
/// of launch profiles on in no other way.
/// </summary>
internal static class CallerEnvironment
{
    // Set by the dotnet command for every program that it starts; they mean the host's folders and the host's tools.
    private static readonly string[] OfTheTools =
    [
        "DOTNET_CLI_", "DOTNET_HOST_PATH", "DOTNET_ROOT", "DOTNET_WATCH", "DOTNET_STARTUP_HOOKS", "DOTNET_MODIFIABLE_ASSEMBLIES",
        "DOTNET_HOTRELOAD", "DOTNET_LAUNCH_PROFILE",
        "ASPNETCORE_HOSTINGSTARTUPASSEMBLIES", "ASPNETCORE_AUTO_RELOAD", "MSBUILD", "MSBuild", "_MSBUILD", "CONTAINERSTAGES_",
    ];

    /// <summary>Names that the caller's own environment lacks or has with another value; none where it cannot be read.</summary>
    public static IEnumerable<string> Added()
    {
        if (OfCaller() is not { } before)
        {
            return [];
        }

        return Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => !before.Contains($"{variable.Key}={variable.Value}"))
            .Select(variable => (string)variable.Key)
            .Where(name => !OfTheTools.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
    }

    private static HashSet<string>? OfCaller()
    {
        try
        {
            return File.ReadAllText($"/proc/{Parent()}/environ").Split('\0').ToHashSet(StringComparer.Ordinal);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The caller is gone, or somebody else's.
            return null;
        }
    }

    // proc(5), /proc/pid/stat: "pid (name) state ppid ..."; a name may hold anything, also ") ".
    private static string Parent()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1];
    }
}
