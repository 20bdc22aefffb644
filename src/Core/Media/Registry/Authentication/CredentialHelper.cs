using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Asks the program <c>docker-credential-NAME get</c> (server name on standard input, JSON on standard output), or has it keep or forget a
/// login. Source: docker/docker-credential-helpers, Development.
/// </summary>
internal sealed class CredentialHelper(string name, RegistryEnvironment environment)
{
    /// <summary>The user name that means: the secret is an identity token.</summary>
    public const string IdentityTokenUser = "<token>";

    private const int LongestWords = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The helper's credential, or null where it has none for the host.</summary>
    /// <exception cref="BuildFailedException">The helper is missing, failed, or took more than 30 seconds.</exception>
    public async Task<RegistryCredential?> GetAsync(string host, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("get", CredentialsFile.ServerName(host), host, cancellationToken);
        // The protocol has no exit code of its own for "not found", only this text.
        return answer.ExitCode == 0 ? Parse(answer, host)
            : answer.SaysNotFound ? null
            : throw Failed(host, $"it ended with exit code {answer.ExitCode}", answer);
    }

    /// <summary>Has the helper keep a login.</summary>
    /// <exception cref="BuildFailedException">The helper is missing, failed, or took more than 30 seconds.</exception>
    public async Task StoreAsync(string host, string user, string secret, CancellationToken cancellationToken)
    {
        var question = JsonSerializer.Serialize(
            new HelperQuestion(CredentialsFile.ServerName(host), user, secret),
            CredentialsJson.Default.HelperQuestion);
        var answer = await AskAsync("store", question, host, cancellationToken);
        if (answer.ExitCode != 0)
        {
            throw Failed(
                host,
                $"it did not keep the login (exit code {answer.ExitCode})",
                answer with { Output = Without(answer.Output, secret), Errors = Without(answer.Errors, secret) });
        }
    }

    /// <summary>Has the helper forget a login; false where it has none.</summary>
    /// <exception cref="BuildFailedException">The helper is missing, failed, or took more than 30 seconds.</exception>
    public async Task<bool> EraseAsync(string host, CancellationToken cancellationToken)
    {
        var answer = await AskAsync("erase", CredentialsFile.ServerName(host), host, cancellationToken);
        return answer.ExitCode == 0
            || (answer.SaysNotFound ? false : throw Failed(host, $"it did not forget the login (exit code {answer.ExitCode})", answer));
    }

    private async Task<HelperOutput> AskAsync(string verb, string question, string host, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            return await RunAsync(verb, question, host, limited.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed(host, $"it gave no answer within {Limit.TotalSeconds} seconds");
        }
        catch (Exception e) when (e is IOException or Win32Exception)
        {
            throw Failed(host, e.Message);
        }
    }

    private async Task<HelperOutput> RunAsync(string verb, string question, string host, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(FindProgram(host), verb)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        foreach (var (variable, value) in environment.Variables)
        {
            start.Environment[variable] = value;
        }

        using var process = Process.Start(start) ?? throw Failed(host, "it cannot be started");
        try
        {
            await WriteAsync(process.StandardInput, question, cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new HelperOutput(process.ExitCode, output, await errors);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task WriteAsync(StreamWriter input, string question, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(question.AsMemory(), cancellationToken);
            input.Close();
        }
        catch (IOException)
        {
            // The helper did not read the question; its answer tells whether that was right.
        }
    }

    private string FindProgram(string host)
    {
        // A name with a slash would leave PATH.
        if (name.Contains('/', StringComparison.Ordinal))
        {
            throw Failed(host, "its name must not contain '/'");
        }

        var program = "docker-credential-" + name;
        return SearchPath.Find(program, environment["PATH"]) ?? throw Failed(host, $"the program {program} is not in PATH");
    }

    private RegistryCredential? Parse(HelperOutput output, string host)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(output.Output, CredentialsJson.Default.HelperAnswer);
            return answer is not { Username: { } user, Secret: { Length: > 0 } secret } ? null
                : user == IdentityTokenUser ? RegistryCredential.Identity(secret)
                : RegistryCredential.Password(user, secret);
        }
        catch (JsonException)
        {
            // What should have been the answer may hold the secret.
            throw Failed(host, "its answer is not JSON with Username and Secret", output with { Output = "" });
        }
    }

    private BuildFailedException Failed(string host, string problem, HelperOutput? said = null) =>
        new(RegistryDiagnostics.CredentialHelperFailed(
            "docker-credential-" + name,
            host,
            said is null || Words(said) is not { Length: > 0 } words ? problem : $"{problem} and said: {words}"));

    /// <summary>Helpers say on either stream why they failed. What looks like an answer is not shown: it may hold the secret.</summary>
    private static string Words(HelperOutput said)
    {
        var words = string.Join(
            ' ',
            new[] { said.Errors, said.Output }.Select(text => text.Trim()).Where(text => text.Length > 0 && !LooksLikeAnswer(text)));
        return words.Length > LongestWords ? words[..LongestWords] + "..." : words;
    }

    private static bool LooksLikeAnswer(string text) =>
        text.StartsWith('{') || text.Contains("\"Secret\"", StringComparison.OrdinalIgnoreCase);

    private static string Without(string text, string secret) =>
        secret.Length == 0 ? text : text.Replace(secret, "***", StringComparison.Ordinal);

    private sealed record HelperOutput(int ExitCode, string Output, string Errors)
    {
        public bool SaysNotFound => Output.Contains("credentials not found", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>What a helper gets to keep.</summary>
internal sealed record HelperQuestion(
    [property: JsonPropertyName("ServerURL")] string Server,
    [property: JsonPropertyName("Username")] string User,
    [property: JsonPropertyName("Secret")] string Secret)
{
    public override string ToString() => nameof(HelperQuestion);
}

internal sealed record HelperAnswer
{
    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }

    public override string ToString() => nameof(HelperAnswer);
}
