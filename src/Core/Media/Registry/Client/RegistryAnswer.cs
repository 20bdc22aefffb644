using System.Text;
using System.Text.Json;
using ContainerStages.Diagnostics;

namespace ContainerStages.Media.Registry;

/// <summary>Reads what a registry says when it refuses. Source: distribution-spec, Error Codes.</summary>
internal static class RegistryAnswer
{
    private const int LongestDetail = 300;

    /// <summary>The reason for a refusal is worth little waiting.</summary>
    private static readonly TimeSpan DetailStall = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The failure that a status stands for whatever was asked, or null where the status is the caller's to judge, as 401 is.
    /// </summary>
    public static async Task<EndpointException?> FailureAsync(
        RegistryRequest request,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is < 400 or 404 || (status is >= 400 and < 500 and not (403 or 408 or 413 or 429)))
        {
            return null;
        }

        var detail = await DetailAsync(response, cancellationToken);
        var isFull = status is 413 or 507
            || detail.Contains("no space left", StringComparison.OrdinalIgnoreCase)
            || detail.Contains("quota", StringComparison.OrdinalIgnoreCase);
        return Failure(request, response, detail, isFull);
    }

    private static EndpointException Failure(RegistryRequest request, HttpResponseMessage response, string detail, bool isFull)
    {
        var (host, repository) = (request.Endpoint.Host, request.Endpoint.Repository);
        var (diagnostic, reason, kind) = (int)response.StatusCode switch
        {
            429 => (RegistryDiagnostics.RateLimited(host, detail), "too many requests", EndpointFailure.Transient),
            _ when isFull => (RegistryDiagnostics.NoSpace(host, detail), "no space left", EndpointFailure.Final),
            403 => (RegistryDiagnostics.Denied(host, repository, detail), "not allowed", EndpointFailure.Final),
            var status => (
                RegistryDiagnostics.UnexpectedAnswer(host, request.Title, status, detail),
                $"status {status}",
                EndpointFailure.Transient),
        };
        return new EndpointException(
            diagnostic, reason, kind) { Status = response.StatusCode, Detail = detail, RetryAfter = RetryAfter(response) };
    }

    public static async Task<EndpointException> UnexpectedAsync(
        RegistryRequest request,
        HttpResponseMessage response,
        CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var detail = await DetailAsync(response, cancellationToken);
        return new EndpointException(
            RegistryDiagnostics.UnexpectedAnswer(request.Endpoint.Host, request.Title, status, detail),
            $"status {status}",
            EndpointFailure.Final) { Status = response.StatusCode };
    }

    /// <summary>Code and message of the first error in the body, on one line; empty where there is none.</summary>
    public static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = await BoundedBody.ReadAsync(response.Content, 64 * 1024, DetailStall, cancellationToken);
            return body is null ? "" : Shortened(Explain(body));
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return "";
        }
    }

    private static string Explain(byte[] body)
    {
        try
        {
            var error = JsonSerializer.Deserialize(body, CredentialsJson.Default.ErrorAnswer)?.Errors is [var first, ..] ? first : null;
            var detail = error?.Detail is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } given
                ? " " + given.GetRawText()
                : "";
            return error is null ? "" : $"{error.Code}: {error.Message}{detail}";
        }
        catch (JsonException)
        {
            // Proxies answer in HTML; a short plain text is worth showing.
            var text = Encoding.UTF8.GetString(body);
            return text.Contains('<', StringComparison.Ordinal) ? "" : text;
        }
    }

    private static string Shortened(string text)
    {
        var line = OneLine.Of(text).Trim();
        return line.Length > LongestDetail ? line[..LongestDetail] + "..." : line;
    }

    private static TimeSpan? RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - DateTimeOffset.UtcNow,
        _ => null,
    };
}

internal sealed record ErrorAnswer(IReadOnlyList<ErrorEntry>? Errors);

internal sealed record ErrorEntry(string? Code, string? Message, JsonElement? Detail);
