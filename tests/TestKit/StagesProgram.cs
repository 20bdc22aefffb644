using System.Diagnostics;

namespace ContainerStages.TestKit;

/// <summary>What a run of the program gave.</summary>
public sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>The digest in the result line.</summary>
    public string Digest => Output.Split('@') is [.., var last] && last.StartsWith("sha256:", StringComparison.Ordinal)
        ? last[..71]
        : throw new InvalidOperationException($"No digest in: {Output}{Error}");

    /// <summary>What a failed test shows of it: errors first, then the last lines of the output without what counts bytes.</summary>
    public string Report =>
        string.Join('\n', [Error.TrimEnd(), .. Output.Split('\n').Where(line => !IsProgress(line)).TakeLast(20)]);

    private static bool IsProgress(string line) => line.StartsWith("{\"type\":\"progress\"", StringComparison.Ordinal);
}

/// <summary>The packed <c>dotnet-stages</c> program, run as a user runs it, with a store of its own.</summary>
public sealed class StagesProgram(string store, Account account = Account.Own)
{
    private static readonly Lazy<string> Program = new(CopyProgram);

    /// <summary>The program itself, where every user may read it.</summary>
    public static string ProgramPath => Program.Value;

    public string Store { get; } = store;

    /// <summary>The folder that is on <c>PATH</c> where the program is installed.</summary>
    public static string Folder => Path.GetDirectoryName(Program.Value)!;

    /// <summary>True: it runs where there is no network, not even loopback.</summary>
    public bool WithoutNetwork { get; init; }

    /// <summary>What stands before the program, such as one that watches it.</summary>
    public IReadOnlyList<string> Before { get; init; } = [];

    /// <summary>True where a program of the test's own choice runs in place of the packed one.</summary>
    public static bool IsGiven => Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_PROGRAM") is { Length: > 0 };

    /// <summary>What the program reads from its standard input.</summary>
    public string Input { get; init; } = "";

    /// <summary>Builds under a name of its own where none is given, so that the image can be validated in the store.</summary>
    public Task<ProgramResult> BuildAsync(string context, params string[] arguments)
    {
        string[] name = arguments.Contains("-t") ? [] : ["-t", $"test-{Guid.NewGuid():N}"];
        return RunAsync(["build", "--progress", "plain", .. name, .. arguments, context]);
    }

    public async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        using var process = Start([], arguments);
        return await EndAsync(process);
    }

    /// <summary>Runs with further environment variables.</summary>
    public async Task<ProgramResult> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        using var process = Start(environment, arguments);
        return await EndAsync(process);
    }

    /// <summary>Starts without waiting, to be interrupted.</summary>
    public Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>The command as a line for a shell, with its environment; arguments must need no quotes.</summary>
    public string CommandLine(params string[] arguments) =>
        $"env {string.Join(' ', BaseImages.Instance.Environment.Select(variable => $"{variable.Key}={variable.Value}"))} " +
        $"CONTAINERSTAGES_STORE={Store} {string.Join(' ', account.Become())} {Program.Value} {string.Join(' ', arguments.Select(Quote))}";

    private static string Quote(string argument) =>
        argument.Any(letter => " &?#=*;".Contains(letter, StringComparison.Ordinal)) ? $"'{argument}'" : argument;

    public static async Task<ProgramResult> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new ProgramResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts with further environment variables, without waiting.</summary>
    public Process Start(IEnumerable<KeyValuePair<string, string>> environment, string[] arguments)
    {
        string[] network = WithoutNetwork ? ["unshare", "--net"] : [];
        string[] command = [.. network, .. account.Become(), .. Before, Program.Value, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in BaseImages.Instance.Environment.Concat(environment))
        {
            start.Environment[name] = value;
        }

        start.Environment["CONTAINERSTAGES_STORE"] = Store;
        var process = Process.Start(start)!;
        process.StandardInput.Write(Input);
        process.StandardInput.Close();
        return process;
    }

    /// <summary>Where every user may read it; a clone in a home folder is not such a place.</summary>
    private static string CopyProgram()
    {
        // While working: a program that is not packed, for instance the managed one of the last build.
        if (Environment.GetEnvironmentVariable("CONTAINERSTAGES_TEST_PROGRAM") is { Length: > 0 } given)
        {
            return given;
        }

        var packed = Repository.PathOf("artifacts", "program", "linux-x64", "dotnet-stages");
        if (!File.Exists(packed))
        {
            throw new InvalidOperationException($"'{packed}' is missing: run build/pack.sh, or build/test.sh, which does.");
        }

        var folder = Directory.CreateTempSubdirectory("stages-program-").FullName;
        File.SetUnixFileMode(folder, (UnixFileMode)0x1ED);
        var copy = Path.Combine(folder, "dotnet-stages");
        File.Copy(packed, copy);
        File.SetUnixFileMode(copy, (UnixFileMode)0x1ED);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        return copy;
    }
}
