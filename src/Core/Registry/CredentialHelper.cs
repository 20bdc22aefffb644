using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Diagnostics;

namespace ContainerStages.Registry;

/// <summary>
/// Asks the program <c>docker-credential-NAME get</c>: server name on standard input, JSON on standard output.
/// Source: docker/docker-credential-helpers, Development.
/// </summary>
internal sealed class CredentialHelper(string name, RegistryEnvironment environment)
{
    /// <summary>The user name that means: the secret is an identity token.</summary>
    public const string IdentityTokenUser = "<token>";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>The helper's credential, or null where it has none for the host.</summary>
    /// <exception cref="BuildFailedException">The helper is missing, failed, or took more than 30 seconds.</exception>
    public async Task<RegistryCredential?> GetAsync(string host, CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(Limit);
        try
        {
            var (exitCode, output) = await RunAsync(CredentialsFile.ServerName(host), host, limited.Token);
            // The protocol has no exit code of its own for "not found", only this text.
            return exitCode == 0 ? Parse(output, host)
                : output.Contains("credentials not found", StringComparison.OrdinalIgnoreCase) ? null
                : throw Failed(host, $"it ended with exit code {exitCode}");
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

    private async Task<(int ExitCode, string Output)> RunAsync(string server, string host, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(FindProgram(host), "get")
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
            await AskAsync(process.StandardInput, server, cancellationToken);
            var errors = process.StandardError.ReadToEndAsync(cancellationToken);
            var output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
            await errors;
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, output);
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private static async Task AskAsync(StreamWriter input, string server, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(server.AsMemory(), cancellationToken);
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
        var suffixes = OperatingSystem.IsWindows() ? new[] { ".exe", ".cmd", ".bat" } : [""];
        return (environment["PATH"] ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => suffixes.Select(suffix => Path.Combine(folder, program + suffix)))
            .FirstOrDefault(File.Exists) ?? throw Failed(host, $"the program {program} is not in PATH");
    }

    private RegistryCredential? Parse(string output, string host)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(output, CredentialsJson.Default.HelperAnswer);
            return answer is not { Username: { } user, Secret: { Length: > 0 } secret } ? null
                : user == IdentityTokenUser ? RegistryCredential.Identity(secret)
                : RegistryCredential.Password(user, secret);
        }
        catch (JsonException)
        {
            throw Failed(host, "its answer is not JSON with Username and Secret");
        }
    }

    private BuildFailedException Failed(string host, string problem) => new(RegistryDiagnostics.CredentialHelperFailed("docker-credential-" + name, host, problem));
}

internal sealed record HelperAnswer
{
    [JsonPropertyName("Username")]
    public string? Username { get; init; }

    [JsonPropertyName("Secret")]
    public string? Secret { get; init; }

    public override string ToString() => nameof(HelperAnswer);
}
