using System.Text;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Planning;

namespace ContainerStages.Engines;

/// <summary>Secrets that the build was given, found when something asks for them.</summary>
internal sealed class BuildSecrets(CommandSettings settings)
{
    private const int LargestSecret = 500 * 1024;

    /// <returns>Null where the build has no such secret and the command can do without.</returns>
    /// <exception cref="BuildFailedException">It is required and missing, or cannot be read.</exception>
    public byte[]? Read(PlannedSecret secret, SourceLocation? location)
    {
        if (!settings.Secrets.TryGetValue(secret.Id, out var source))
        {
            return secret.Required ? throw new BuildFailedException(MountRunDiagnostics.SecretMissing(secret.Id, location)) : null;
        }

        if (source.EnvironmentVariable is { } name)
        {
            return Environment.GetEnvironmentVariable(name) is { } value
                ? Encoding.UTF8.GetBytes(value)
                : throw new BuildFailedException(MountRunDiagnostics.SecretUnreadable(secret.Id, $"the environment variable '{name}' is not set", location));
        }

        try
        {
            var bytes = File.ReadAllBytes(source.File!);
            return bytes.Length <= LargestSecret
                ? bytes
                : throw new BuildFailedException(MountRunDiagnostics.SecretUnreadable(secret.Id, $"'{source.File}' is larger than 500 KiB", location));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(MountRunDiagnostics.SecretUnreadable(secret.Id, problem.Message, location));
        }
    }
}
