using ContainerStages.Cli.Progress;
using ContainerStages.Engines;
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
            new(["--workdir", "-w"], "DIR", "working directory"),
            new(["--user", "-u"], "USER", "user and group, by name or number"),
            new(["--entrypoint"], "PROGRAM", "instead of the image's ENTRYPOINT"),
            new(["--network"], "KIND", "host (default) or none"),
            new(["--rm"], null, "accepted; nothing is ever kept"),
            new(["--interactive", "-i"], null, "accepted; standard input is always passed on"),
            new(["--tty", "-t"], null, "accepted; the terminal is always passed on"),
        ],
        RunAsync,
        StopAtFirst: true);

    private static async Task<int> RunAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        if (options.Rest.Count == 0)
        {
            throw new UsageException("name the image to run.");
        }

        if (UserNamespace.IsNeeded)
        {
            UserNamespace.ReExecute([.. arguments], null);
        }

        var settings = new RunSettings
        {
            Command = [.. options.Rest.Skip(1)],
            Entrypoint = options.Last("--entrypoint") is { } program ? program.Length == 0 ? [] : [program] : null,
            Environment = [.. options.Pairs("--env").Select(pair => $"{pair.Key}={pair.Value}")],
            WorkingDirectory = options.Last("--workdir"),
            User = options.Last("--user"),
            Network = options.Last("--network") switch
            {
                null or "host" or "bridge" or "default" => true,
                "none" => false,
                var other => throw new UsageException($"--network {other}: host or none is expected."),
            },
        };
        using var interrupt = new Interrupt();
        using var images = new ContainerBuildImages(null);
        using var progress = new PlainProgress(Console.Error);
        try
        {
            return await images.RunAsync(options.Rest[0], settings, progress, interrupt.Token);
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return VerbTable.Interrupted;
        }
    }
}
