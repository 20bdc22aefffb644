using System.Diagnostics;
using System.Text.Json;
using ContainerStages.Posix;

namespace ContainerStages.TestKit.Sandboxing;

/// <summary>Runs scenarios in a process of their own, as root or as an ordinary user that is made for it.</summary>
public sealed class DriverProcess : IDisposable
{
    private const string OrdinaryUser = "stagestester";
    private static readonly Lazy<string> Driver = new(CopyDriver);
    private static readonly Lazy<bool> User = new(MakeUser);

    private readonly DirectoryInfo _temporary;
    private readonly Process _process;

    private DriverProcess(string[] change)
    {
        _temporary = Directory.CreateTempSubdirectory("sandbox-driver-");
        File.SetUnixFileMode(_temporary.FullName, (UnixFileMode)0x3FF);
        var start = new ProcessStartInfo
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] command = [.. change, "dotnet", Driver.Value, "run"];
        start.FileName = command[0];
        foreach (var argument in command[1..])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TMPDIR"] = _temporary.FullName;
        start.Environment["HOME"] = _temporary.FullName;
        _process = Process.Start(start)!;
    }

    /// <summary>Runs the driver to its end with arguments of its own, and gives what it wrote on standard error.</summary>
    public static async Task<(int ExitCode, string Error)> FailAsync(string trace, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Driver.Value, .. arguments]) { UseShellExecute = false, RedirectStandardError = true };
        start.Environment["CONTAINERSTAGES_TRACE"] = trace;
        using var process = Process.Start(start)!;
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, error);
    }

    /// <summary>A folder of the machine that belongs to this run.</summary>
    public string TemporaryFolder => _temporary.FullName;

    public int ProcessId => _process.Id;

    /// <summary>False where this process may not become that account.</summary>
    public static bool CanRun(SandboxAccount account) => account == SandboxAccount.OrdinaryUser || FileCalls.EffectiveUserId() == 0;

    public static async Task<SandboxResult> RunAsync(SandboxAccount account, SandboxScenario scenario)
    {
        using var driver = await StartAsync(account, scenario);
        return await driver.ResultAsync();
    }

    public static Task<DriverProcess> StartAsync(SandboxAccount account, SandboxScenario scenario) =>
        StartAsync(
            account == SandboxAccount.OrdinaryUser && FileCalls.EffectiveUserId() == 0 && User.Value ? Become(OrdinaryUser) : [], scenario);

    /// <summary>As the ordinary user, in a process that may gain no rights: the helpers that map ids cannot work.</summary>
    public static Task<DriverProcess> StartWithoutRightsAsync(SandboxScenario scenario) =>
        StartAsync(["setpriv", "--no-new-privs", .. User.Value ? Become(OrdinaryUser) : []], scenario);

    /// <summary>As root without the right to make namespaces, as in a container.</summary>
    public static Task<DriverProcess> StartAsConfinedRootAsync(SandboxScenario scenario) =>
        StartAsync(["setpriv", "--bounding-set", "-sys_admin"], scenario);

    /// <summary>As a user that has no line in /etc/subuid.</summary>
    public static Task<DriverProcess> StartWithoutIdsAsync(SandboxScenario scenario) => StartAsync(Become("nobody"), scenario);

    private static string[] Become(string user) => ["setpriv", "--reuid", user, "--regid", GroupOf(user), "--clear-groups"];

    private static string GroupOf(string user) =>
        File.ReadLines("/etc/passwd").First(line => line.StartsWith(user + ":", StringComparison.Ordinal)).Split(':')[3];

    private static async Task<DriverProcess> StartAsync(string[] change, SandboxScenario scenario)
    {
        var driver = new DriverProcess(change);
        await driver._process.StandardInput.WriteAsync(JsonSerializer.Serialize(scenario, SandboxJson.Default.SandboxScenario));
        driver._process.StandardInput.Close();
        return driver;
    }

    /// <summary>The next line of a live scenario.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync();

    public async Task<SandboxResult> ResultAsync() =>
        await EndAsync() switch
        {
            (0, var text, _) => JsonSerializer.Deserialize(text.TrimEnd().Split('\n')[^1], SandboxJson.Default.SandboxResult)!,
            var end => throw new InvalidOperationException($"The driver failed: {end}"),
        };

    /// <summary>Exit code and what the driver wrote.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        var errors = _process.StandardError.ReadToEndAsync();
        var text = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return (_process.ExitCode, text, await errors);
    }

    /// <summary>SIGKILL for the driver alone.</summary>
    public void Kill() => _process.Kill(entireProcessTree: false);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
        _temporary.Delete(recursive: true);
    }

    // Where the tests are built an ordinary user may not look.
    private static string CopyDriver()
    {
        const string name = "ContainerStages.SandboxDriver.dll";
        var folder = Directory.CreateTempSubdirectory("sandbox-driver-program-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
        foreach (var file in Directory.EnumerateFiles(AppContext.BaseDirectory).Where(file => Path.GetExtension(file) is ".dll" or ".json"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return Path.Combine(folder, name);
    }

    private static bool MakeUser()
    {
        if (!File.ReadLines("/etc/passwd").Any(line => line.StartsWith(OrdinaryUser + ":", StringComparison.Ordinal)))
        {
            // Several test programs may be at it at once: the last word is whether the user exists.
            using var process = Process.Start("useradd", ["--create-home", OrdinaryUser]);
            process.WaitForExit();
        }

        return true;
    }
}
