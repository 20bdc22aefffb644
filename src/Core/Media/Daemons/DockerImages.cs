using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using ContainerStages.Content;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Images;
using ContainerStages.Media.Archives;
using ContainerStages.Oci;

namespace ContainerStages.Media.Daemons;

/// <summary>
/// The images of a Docker engine, over its API. Archives are those of <c>docker save</c>. Source: Docker Engine API 1.24 and later, Images.
/// </summary>
internal sealed class DockerImages : IImageDaemon
{
    private const string Engine = "Docker";
    private readonly HttpClient client;
    private readonly string address;

    private DockerImages(HttpClient client, string address) => (this.client, this.address) = (client, address);

    public Medium Archive => Medium.DockerArchive;

    /// <summary>The engine that <see cref="DockerAddress"/> finds.</summary>
    /// <param name="variable">The value of an environment variable, or null.</param>
    /// <exception cref="BuildFailedException">DOCKER_HOST names something else.</exception>
    public static DockerImages Open(Func<string, string?> variable)
    {
        var named = DockerAddress.Find(variable);
        return DockerAddress.Parse(named, variable) is { } host
            ? new DockerImages(Connect(host), named)
            : throw new BuildFailedException(SourceDiagnostics.EngineAddress(named));
    }

    public string NameOf(ImageReference name) => name.FamiliarName;

    public async Task<string?> FindIdAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"images/{name}/json", null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RequireAsync(answer, $"to describe '{name}'", cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        return (await JsonSerializer.DeserializeAsync(body, DockerApiJson.Default.DockerImageAnswer, cancellationToken))?.Id;
    }

    public async Task<Stream> SaveAsync(string name, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, $"images/{name}/get", null, cancellationToken);
        await RequireAsync(answer, $"to save '{name}'", cancellationToken);
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    public async Task LoadAsync(Image image, IReadOnlyList<ImageReference> names, IContentStore store, CancellationToken cancellationToken)
    {
        var documents = DockerArchivePublisher.Documents(image, names);
        using var content = new ArchiveContent(stream => ImageArchive.WriteTar(stream, image, store, documents, cancellationToken));
        using var answer = await SendAsync(HttpMethod.Post, "images/load?quiet=1", content, cancellationToken);
        await RequireAsync(answer, "to load the image", cancellationToken);

        // The answer is 200 before the work is done; how it ended stands in its lines.
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize(line, DockerApiJson.Default.DockerErrorAnswer) is { Error: { } error })
            {
                throw new BuildFailedException(SourceDiagnostics.EngineRefused(Engine, "to load the image", error));
            }
        }
    }

    public void Dispose() => client.Dispose();

    private static HttpClient Connect(Uri host)
    {
        var handler = new SocketsHttpHandler { UseProxy = false };
        if (host.Scheme == "unix")
        {
            handler.ConnectCallback = (_, token) => ConnectAsync(host.AbsolutePath, token);
        }

        var place = new Uri(host.Scheme == "unix" ? "http://localhost/" : $"http://{host.Authority}/");
        return new HttpClient(handler) { BaseAddress = place, Timeout = Timeout.InfiniteTimeSpan };
    }

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        HttpContent? content,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            var reason = (failure.InnerException ?? failure).Message;
            throw new BuildFailedException(
                SourceDiagnostics.EngineNotThere(Engine, $"{address}: {reason}. Is the engine running, and may this user use it?"),
                failure);
        }
    }

    private static async Task RequireAsync(HttpResponseMessage answer, string what, CancellationToken cancellationToken)
    {
        if (answer.IsSuccessStatusCode)
        {
            return;
        }

        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        answer.Dispose();
        throw new BuildFailedException(SourceDiagnostics.EngineRefused(Engine, what, $"status {(int)answer.StatusCode}: {text.Trim()}"));
    }

    /// <summary>A body that is made while it is sent.</summary>
    private sealed class ArchiveContent : HttpContent
    {
        private readonly Action<Stream> write;

        public ArchiveContent(Action<Stream> write)
        {
            this.write = write;
            Headers.ContentType = new("application/x-tar");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.Run(() => write(stream));

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}

internal sealed record DockerImageAnswer(string? Id);

internal sealed record DockerErrorAnswer([property: JsonPropertyName("error")] string? Error);

[JsonSerializable(typeof(DockerImageAnswer))]
[JsonSerializable(typeof(DockerErrorAnswer))]
internal sealed partial class DockerApiJson : JsonSerializerContext;
