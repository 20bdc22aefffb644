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
                : throw new BuildFailedException(
                    MountRunDiagnostics.SecretUnreadable(secret.Id, $"the environment variable '{name}' is not set", location));
        }

        try
        {
            return ReadWhole(source.File!) is { } bytes
                ? bytes
                : throw new BuildFailedException(
                    MountRunDiagnostics.SecretUnreadable(secret.Id, $"'{source.File}' is larger than 500 KiB", location));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(MountRunDiagnostics.SecretUnreadable(secret.Id, problem.Message, location));
        }
    }

    /// <summary>Null where there is more than a secret may be: a device may never end.</summary>
    private static byte[]? ReadWhole(string path)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[LargestSecret + 1];
        var count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return count <= LargestSecret ? bytes[..count] : null;
    }
}
