using System.Diagnostics;
using System.Globalization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Sandboxing;

/// <summary>Why a user namespace cannot be made, in the order in which it is best mended.</summary>
internal static class UserNamespaceChecks
{
    private const long IdsNeeded = 65536;

    private static readonly (string Setting, string Off, string Wanted)[] Settings =
    [
        ("kernel.unprivileged_userns_clone", "0", "1"),
        ("user.max_user_namespaces", "0", "15000"),
        ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ];

    /// <summary>Looks in PATH and where administrators' tools are, which an ordinary user's PATH may lack.</summary>
    public static string? FindProgram(string name) =>
        SearchPath.Find(name, Environment.GetEnvironmentVariable("PATH") + ":/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");

    /// <exception cref="BuildFailedException">The user has too few subordinate ids.</exception>
    public static void CheckSubordinateIds()
    {
        var userId = FileCalls.EffectiveUserId().ToString(CultureInfo.InvariantCulture);
        foreach (var file in (string[])["/etc/subuid", "/etc/subgid"])
        {
            var count = CountIds(File.Exists(file) ? File.ReadAllText(file) : "", Environment.UserName, userId);
            if (count < IdsNeeded)
            {
                throw new BuildFailedException(RunDiagnostics.NoSubordinateIds(Environment.UserName, file, count));
            }
        }
    }

    /// <summary>Number of ids in the user's first line, the one that unshare takes. Source: subuid(5).</summary>
    internal static long CountIds(string text, string userName, string userId)
    {
        foreach (var line in text.Split('\n'))
        {
            var fields = line.Trim().Split(':');
            if (fields.Length == 3 && (fields[0] == userName || fields[0] == userId)
                && long.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return count;
            }
        }

        return 0;
    }

    /// <param name="unshare">Path of the program that failed.</param>
    /// <param name="detail">What it wrote.</param>
    public static Diagnostic Explain(string unshare, string detail)
    {
        foreach (var tool in (string[])["newuidmap", "newgidmap"])
        {
            if (FindProgram(tool) is null)
            {
                return RunDiagnostics.NoUserNamespaceTool(tool);
            }
        }

        foreach (var (setting, off, wanted) in Settings)
        {
            var file = "/proc/sys/" + setting.Replace('.', '/');
            if (File.Exists(file) && File.ReadAllText(file).Trim() == off)
            {
                return RunDiagnostics.UserNamespacesOff(setting, off, wanted);
            }
        }

        return detail.Contains("map-auto", StringComparison.Ordinal)
            ? RunDiagnostics.UnshareTooOld(VersionOf(unshare))
            : RunDiagnostics.UserNamespaceRefused(detail.Trim());
    }

    private static string VersionOf(string unshare)
    {
        var start = new ProcessStartInfo(
            unshare, "--version") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return text.Length == 0 ? "unknown (BusyBox?)" : text;
    }
}
