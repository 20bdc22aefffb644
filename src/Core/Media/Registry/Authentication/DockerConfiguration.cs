using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Posix;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Docker's <c>config.json</c>, to be changed: what belongs to others in it stays. Source: Docker CLI, configuration files.
/// </summary>
internal sealed class DockerConfiguration
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly JsonObject document;
    private readonly CredentialsFile known;

    private DockerConfiguration(string path, JsonObject document, CredentialsFile known) =>
        (Path, this.document, this.known) = (path, document, known);

    /// <summary>Where a link leads, so that the link stays.</summary>
    public string Path { get; }

    /// <exception cref="BuildFailedException">There is no folder for it, or it is not valid; the host is for the message.</exception>
    public static DockerConfiguration Open(RegistryEnvironment environment, string host)
    {
        var named = RegistryCredentials.DockerFileOf(environment)
            ?? throw new BuildFailedException(
                RegistryDiagnostics.LoginNotKept(host, "config.json", "neither HOME nor DOCKER_CONFIG is set"));
        try
        {
            var path = new FileInfo(named).LinkTarget is null ? named : File.ResolveLinkTarget(named, returnFinalTarget: true)!.FullName;
            var bytes = File.Exists(path) ? File.ReadAllBytes(path) : "{}"u8.ToArray();
            var opened = new DockerConfiguration(path, JsonNode.Parse(bytes) as JsonObject ?? [], CredentialsFile.Parse(bytes, path));
            // Members that stand twice are found only when one is asked for.
            _ = (opened.document["auths"] as JsonObject)?.ContainsKey(host);
            return opened;
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new BuildFailedException(
                RegistryDiagnostics.InvalidConfiguration(
                    new SourceLocation(named),
                    "This is not valid JSON of the form that 'dotnet-stages login' and 'docker login' write."),
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(RegistryDiagnostics.LoginNotKept(host, named, e.Message), e);
        }
    }

    /// <summary>Name of the program <c>docker-credential-NAME</c> that keeps the logins of a host, or null.</summary>
    public string? HelperFor(string host) => known.HelperFor(host);

    public void Set(string host, string user, string secret)
    {
        Remove(host);
        Entries()[CredentialsFile.ServerName(host)] =
            new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")) };
    }

    /// <summary>An empty entry, by which Docker knows that a helper has the login.</summary>
    public void SetKeptElsewhere(string host)
    {
        Remove(host);
        Entries()[CredentialsFile.ServerName(host)] = new JsonObject();
    }

    /// <summary>Removes every entry of the host, not those of single repositories; false where there is none.</summary>
    public bool Remove(string host)
    {
        var entries = document["auths"] as JsonObject ?? [];
        var own = entries.Select(entry => entry.Key).Where(key => CredentialsFile.HostOf(key) == host).ToArray();
        Array.ForEach(own, key => entries.Remove(key));
        return own.Length > 0;
    }

    /// <summary>Replaces the file in one step; only its owner may read it, and what else it holds stays.</summary>
    /// <exception cref="BuildFailedException">The file or its folder cannot be written.</exception>
    public void Save(string host)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!, OwnerOnly | UnixFileMode.UserExecute);
            using var fresh = new UnfinishedFile($"{Path}.{Guid.NewGuid():N}");
            using (var stream = fresh.Create(OwnerOnly))
            {
                Write(stream);
                stream.Flush(flushToDisk: true);
            }

            fresh.MoveTo(Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(RegistryDiagnostics.LoginNotKept(host, Path, e.Message), e);
        }
    }

    private void Write(Stream stream)
    {
        using var writer =
            new Utf8JsonWriter(
                stream,
                new JsonWriterOptions
                {
                    Indented = true,
                    IndentCharacter = '\t',
                    IndentSize = 1,
                    Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
                });
        document.WriteTo(writer);
    }

    private JsonObject Entries()
    {
        if (document["auths"] is not JsonObject entries)
        {
            document["auths"] = entries = [];
        }

        return entries;
    }
}
