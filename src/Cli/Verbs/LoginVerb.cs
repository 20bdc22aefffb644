using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Media.Registry;

namespace ContainerStages.Cli.Verbs;

/// <summary><c>login</c> and <c>logout</c>: as those of Docker, and kept where Docker keeps them.</summary>
internal static class LoginVerb
{
    public static Verb Login { get; } = new(
        "login",
        "[OPTIONS] [REGISTRY]",
        "log in to a registry (Docker Hub where none is named)",
        [
            new(["--username", "-u"], "USER", "the account; asked for where it is missing"),
            new(["--password-stdin"], null, "read the password from standard input"),
        ],
        LoginAsync);

    public static Verb Logout { get; } = new("logout", "[REGISTRY]", "forget the login to a registry", [], LogoutAsync);

    private static async Task<int> LoginAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var host = HostOf(options);
        var user = options.Last("--username") ?? AskUser(options);
        var secret = options.IsSet("--password-stdin") ? await ReadPasswordAsync() : AskPassword(user);
        if (user.Length == 0 || user.Contains(':', StringComparison.Ordinal) || secret.Length == 0)
        {
            throw new UsageException(secret.Length == 0 ? "the password is empty." : "the user is empty or has a colon in it.");
        }

        using var interrupt = new Interrupt();
        try
        {
            var (place, warning) = await new RegistryLogin(RegistryEnvironment.OfProcess()).LoginAsync(host, user, secret, interrupt.Token);
            await Console.Out.WriteLineAsync($"Logged in to {host} as {user}; kept in {place}.");
            if (warning is not null)
            {
                await Console.Error.WriteLineAsync(warning.ToString());
            }

            return EngineExitCode.Done;
        }
        catch (OperationCanceledException) when (interrupt.Token.IsCancellationRequested)
        {
            return EngineExitCode.Interrupted;
        }
    }

    private static async Task<int> LogoutAsync(OptionReader options, IReadOnlyList<string> arguments)
    {
        var host = HostOf(options);
        var isDone = await new RegistryLogin(RegistryEnvironment.OfProcess()).LogoutAsync(host, CancellationToken.None);
        await Console.Out.WriteLineAsync(isDone ? $"Logged out of {host}." : $"There is no login to {host}.");
        return EngineExitCode.Done;
    }

    private static string HostOf(OptionReader options) => options.Rest switch
    {
        [] => "docker.io",
        [var one] => RegistryLogin.HostOf(one)
            ?? throw new UsageException($"'{one}' is no registry: a host such as ghcr.io or localhost:5000 is expected."),
        [_, var second, ..] => throw new UsageException($"'{second}' is not expected; one registry at a time."),
    };

    private static string AskUser(OptionReader options)
    {
        if (options.IsSet("--password-stdin") || Console.IsInputRedirected)
        {
            throw new UsageException("--username is needed where no terminal can be asked for it.");
        }

        Console.Error.Write("User: ");
        return Console.ReadLine()?.Trim() ?? "";
    }

    /// <summary>The line end that echo writes is no part of it.</summary>
    private static async Task<string> ReadPasswordAsync() => (await Console.In.ReadToEndAsync()).TrimEnd('\r', '\n');

    private static string AskPassword(string user)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException("without a terminal the password comes from standard input: --password-stdin.");
        }

        Console.Error.Write($"Password of {user}: ");
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
