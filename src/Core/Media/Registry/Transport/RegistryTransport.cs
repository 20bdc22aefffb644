using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Sends requests to endpoints: connects, shows credentials, follows redirects, tries again.</summary>
internal sealed class RegistryTransport : IDisposable
{
    private const int MostRedirects = 5;
    private static readonly ProductInfoHeaderValue UserAgent = new("ContainerStages", "0.1");
    private readonly RegistryConnections connections;
    private readonly RegistryAuthenticator authenticator;
    private readonly ConcurrentDictionary<string, bool> answered = new(StringComparer.Ordinal);
    private readonly PatienceNotices notices;

    /// <param name="credentials">Who is logged in where.</param>
    /// <param name="environment">Proxies and certificates.</param>
    /// <param name="retry">How long is waited, and how often tried.</param>
    /// <param name="events">Told while a registry does not answer for long.</param>
    public RegistryTransport(RegistryCredentials credentials, RegistryEnvironment environment, RetryPolicy retry, IBuildEvents events)
    {
        notices = new PatienceNotices(retry, events);
        connections = new RegistryConnections(environment, retry.Probe);
        authenticator = new RegistryAuthenticator(credentials, connections, retry);
        Retry = retry;
    }

    public RetryPolicy Retry { get; }

    /// <summary>The answer's headers; success or a status that the caller judges (404 and most of 4xx).</summary>
    /// <exception cref="EndpointException">No such answer was to be had.</exception>
    public Task<HttpResponseMessage> SendAsync(RegistryRequest request, CancellationToken cancellationToken) =>
        request.CanRepeat
            ? Retry.RunAsync(() => SendOnceAsync(request, cancellationToken), cancellationToken)
            : SendOnceAsync(request, cancellationToken);

    /// <summary>Where a <c>Location</c> of the registry leads.</summary>
    public async Task<Uri> ResolveAsync(RegistryEndpoint endpoint, Uri location, CancellationToken cancellationToken)
    {
        var connection = await connections.ConnectAsync(endpoint, cancellationToken);
        var target = new Uri(connection.Base, location);
        if (target.Scheme is not ("http" or "https"))
        {
            throw UnsafeUpload(endpoint, target);
        }

        // Registries behind a proxy that ends TLS often believe that they speak plain HTTP: same host, wrong scheme.
        if (target.Scheme != "http" || connection.Base.Scheme != "https")
        {
            return target;
        }

        return target.IdnHost == connection.Base.IdnHost
            ? new UriBuilder(target) { Scheme = "https", Port = target.IsDefaultPort ? connection.Base.Port : target.Port }.Uri
            : throw UnsafeUpload(endpoint, target);
    }

    public void Dispose()
    {
        authenticator.Dispose();
        connections.Dispose();
    }

    private static EndpointException UnsafeUpload(RegistryEndpoint endpoint, Uri target) => new(
        RegistryDiagnostics.UnexpectedAnswer(endpoint.Host, "the start of an upload", 202, $"an upload to {target.Scheme}://{target.Host}"),
        "unprotected upload address",
        EndpointFailure.Final);

    private async Task<HttpResponseMessage> SendOnceAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        // A body that is sent shows its progress itself.
        await using var notice = request.Timeout is null ? notices.Wait(request.Endpoint.Host) : null;
        try
        {
            var response = await SendAndCheckAsync(request, cancellationToken);
            answered[request.Endpoint.Host] = true;
            return response;
        }
        catch (EndpointException e) when (e.Kind == EndpointFailure.Unreachable && answered.ContainsKey(request.Endpoint.Host))
        {
            // It was there a moment ago and is being started anew, perhaps.
            throw new EndpointException(e.Diagnostic, e.Reason, EndpointFailure.Transient, e);
        }
    }

    private async Task<HttpResponseMessage> SendAndCheckAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        var connection = await connections.ConnectAsync(request.Endpoint, cancellationToken);
        var authorization = await authenticator.CurrentAsync(connection, request, cancellationToken);
        var response = await ExchangeAsync(connection, request, authorization, cancellationToken);
        // A server that a redirect leads to has no say in where this registry's credentials go.
        if (response.StatusCode == HttpStatusCode.Unauthorized
            && response.RequestMessage?.RequestUri is { } answering
            && connection.IsSameOrigin(answering))
        {
            var answer = await authenticator.AfterRefusalAsync(connection, request, authorization, response, cancellationToken);
            if (answer is not null && request.IsBodySpent)
            {
                response.Dispose();
                throw await authenticator.UnauthorizedAsync(request, EndpointFailure.Transient, cancellationToken);
            }

            if (answer is not null)
            {
                response.Dispose();
                response = await ExchangeAsync(connection, request, answer, cancellationToken);
            }
        }

        return await CheckedAsync(request, response, cancellationToken);
    }

    private async Task<HttpResponseMessage> CheckedAsync(
        RegistryRequest request,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        if ((int)response.StatusCode < 400)
        {
            return response;
        }

        var failure = response.StatusCode == HttpStatusCode.Unauthorized
            ? await authenticator.UnauthorizedAsync(request, EndpointFailure.Final, cancellationToken)
            : await RegistryAnswer.FailureAsync(request, response, cancellationToken);
        if (failure is not null)
        {
            response.Dispose();
            throw failure;
        }

        return response;
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        RegistryConnection connection,
        RegistryRequest request,
        AuthenticationHeaderValue? authorization,
        CancellationToken cancellationToken)
    {
        var target = request.Target ?? new Uri(connection.Base, $"/v2/{request.Endpoint.Repository}/{request.Path}");
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendToAsync(connection, request, target, authorization, cancellationToken);
            if (!IsRedirect(request, response))
            {
                return response;
            }

            var next = new Uri(target, response.Headers.Location!);
            response.Dispose();
            if (redirects == MostRedirects || next.Scheme is not ("https" or "http") || (target.Scheme == "https" && next.Scheme == "http"))
            {
                var problem = redirects == MostRedirects ? "redirects without end" : $"a redirect to {next.Scheme}://{next.Host}";
                throw new EndpointException(
                    RegistryDiagnostics.UnexpectedAnswer(request.Endpoint.Host, request.Title, (int)response.StatusCode, problem),
                    "wrong redirect",
                    EndpointFailure.Final);
            }

            target = next;
        }
    }

    private async Task<HttpResponseMessage> SendToAsync(
        RegistryConnection connection,
        RegistryRequest request,
        Uri target,
        AuthenticationHeaderValue? authorization,
        CancellationToken cancellationToken)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limited.CancelAfter(request.Timeout ?? Retry.Answer);
        using var message = new HttpRequestMessage(request.Method, target) { Content = request.Content?.Invoke() };
        message.Headers.UserAgent.Add(UserAgent);
        // Neither password nor client certificate goes to another server.
        var isItself = connection.IsSameOrigin(target);
        message.Headers.Authorization = isItself ? authorization : null;
        message.Headers.Range = request.Offset > 0 ? new RangeHeaderValue(request.Offset, null) : null;
        foreach (var type in request.Accept)
        {
            message.Headers.Accept.ParseAdd(type);
        }

        try
        {
            return await (isItself ? connection.Client : connections.ClientFor(target, request.Endpoint)).SendAsync(
                message,
                HttpCompletionOption.ResponseHeadersRead,
                limited.Token);
        }
        catch (Exception e) when (NetworkFailure.Is(e, cancellationToken))
        {
            throw NetworkFailure.From(e, request.Endpoint);
        }
    }

    private static bool IsRedirect(RegistryRequest request, HttpResponseMessage response) =>
        (int)response.StatusCode is 301 or 302 or 303 or 307 or 308
        && response.Headers.Location is not null
        && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head);
}
