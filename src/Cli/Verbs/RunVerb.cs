using ContainerStages.Cli.Completion;
using ContainerStages.Cli.Progress;
using ContainerStages.Contracts;
using ContainerStages.Engines;
using ContainerStages.Oci;
using ContainerStages.Running;
using ContainerStages.Sandboxing;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>run</c>: what <c>docker run --rm</c> does, on the host's network, with the caller's own streams.</summary>
internal static class RunVerb
{
    public static Verb Verb { get; } = new(
        "run",
        "[OPTIONS] IMAGE [COMMAND [ARG...]]",
        "run an image and throw away what it wrote",
        [
            new(["--env", "-e"], "KEY=VALUE", "environment variable; repeatable"),
            new(["--env-file"], "FILE", "file with lines KEY=VALUE; repeatable", Candidates.Files),
            new(
                ["--volume", "-v"],
                "HOST:PATH[:ro]",
                "file or folder of this machine that the program sees at PATH; repeatable",
                Candidates.Files),
            new(["--publish", "-p"], "PORT", "accepted where both ports are the same: the program is on the machine's own network"),
            new(["--name"], "NAME", "accepted; nothing is kept that could be named"),
            new(["--detach", "-d"], null, "refused: start it in the background with '&', there is no daemon to keep it"),
            new(["--env-of-caller"], null, "also the variables that the calling program set for this one, as 'dotnet run -e' does"),
            new(["--workdir", "-w"], "DIR", "working directory"),
            new(["--user", "-u"], "USER", "user and group, by name or number"),
            new(["--entrypoint"], "PROGRAM", "instead of the image's ENTRYPOINT"),
            new(["--network"], "KIND", "host (default) or none", Candidates.Of("host", "none")),
            new(["--no-new-privileges"], null, "set-user-id programs have no effect"),
            new(
                ["--platform"],
                "OS/ARCH",
                "the image for that platform (default: the one of the store, else this machine's)",
                Candidates.Of("linux/amd64", "linux/arm64", "linux/arm/v7")),
            new(["--store"], "DIR", "folder of the store", Candidates.Folders),
            new(["--rm"], null, "accepted; nothing is ever kept"),
            new(["--interactive", "-i"], null, "accepted; standard input is always passed on"),
            new(["--tty", "-t"], null, "accepted; the terminal is always passed on"),
        ],
        RunAsync,
        StopAtFirst: true,
        Arguments: Candidates.Images);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count == 0)
        {
            throw new UsageException("name the image to run.");
        }

        RunOptions.Check(options);

        // Inside the user namespace the caller's environment can no longer be read: from there on the names are given one by one.
        string[] ofCaller = options.IsSet("--env-of-caller") ? [.. CallerEnvironment.Added()] : [];
        if (UserNamespace.IsNeeded)
        {
            UserNamespace.ReExecute([
                arguments[0],
                .. ofCaller.SelectMany(name => (string[])["--env", name]),
                "--env-of-caller=false",
                .. arguments.Skip(1).Where(argument => argument != "--env-of-caller"),
            ], null);
        }

        var platform = PlatformOf(options);
        var settings = new RunSettings
        {
            Command = [.. options.Rest.Skip(1)],
            Entrypoint = options.Last("--entrypoint") is { } program ? program.Length == 0 ? [] : [program] : null,
            Environment = [.. EnvironmentOf(options, ofCaller)],
            WorkingDirectory = options.Last("--workdir"),
            User = options.Last("--user"),
            NoNewPrivileges = options.IsSet("--no-new-privileges"),
            Mounts = RunOptions.Volumes(options),
            Network = options.Last("--network") switch
            {
                null or "host" or "bridge" or "default" => true,
                "none" => false,
                var other => throw new UsageException($"--network {other}: host or none is expected."),
            },
        };
        using var interrupt = new Interrupt();
        // Where nobody looks, what is written is the program's alone.
        using var progress = ProgressKinds.Open(Console.IsErrorRedirected ? "quiet" : "plain");
        using var images = new ImageStore(options.Last("--store"), VerbTable.Warn, progress.Events);
        try
        {
            return await images.RunAsync(options.Rest[0], platform, settings, progress.Events, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return EngineExitCode.Interrupted;
        }
    }

    private static Platform? PlatformOf(OptionReader options) =>
        options.Last("--platform") is not { Length: > 0 } text ? null
        : Platform.TryParse(text) ?? throw new UsageException($"--platform {text}: a platform such as linux/arm64 is expected.");

    private static IEnumerable<string> EnvironmentOf(OptionReader options, string[] ofCaller)
    {
        var given = EnvironmentFile.Merge(options.All("--env-file"), options.Pairs("--env"));
        return ofCaller
            .Where(name => !given.ContainsKey(name))
            .Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}")
            .Concat(given.Select(pair => $"{pair.Key}={pair.Value}"));
    }
}
