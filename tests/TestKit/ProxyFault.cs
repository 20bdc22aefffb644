using System.Text;

namespace ContainerStages.TestKit;

/// <summary>What the proxy does wrong with one request.</summary>
public sealed record ProxyFault
{
    private ProxyFault()
    {
    }

    /// <summary>A whole HTTP answer instead of the server's.</summary>
    public string? Response { get; private init; }

    /// <summary>The connection is reset after so many bytes of the answer's head.</summary>
    public int? CutHead { get; private init; }

    /// <summary>The connection is reset after so many bytes of the body, or so many before its end where negative.</summary>
    public long? CutAfter { get; private init; }

    /// <summary>The connection is not reset but stays open, and nothing more comes.</summary>
    public bool Stalls { get; private init; }

    /// <summary>Changes the server's answer.</summary>
    public Func<ProxiedAnswer, ProxiedAnswer>? Change { get; private init; }

    /// <summary>The connection is reset after so many bytes of the request's body.</summary>
    public long? CutUpload { get; private init; }

    /// <summary>The registry keeps the part of an upload that came before the reset, and will say so.</summary>
    public bool KeepsPart { get; private init; }

    /// <summary>The server gets everything, and its answer is lost.</summary>
    public bool LosesAnswer { get; private init; }

    /// <summary>One byte of the body, then this pause, and so on.</summary>
    public TimeSpan? Drips { get; private init; }

    public static ProxyFault Stall(long bytes) => new() { CutAfter = bytes, Stalls = true };

    /// <summary>Not even a head comes.</summary>
    public static ProxyFault Silence() => new() { CutHead = 0, Stalls = true };

    public static ProxyFault Cut(long bytes) => new() { CutAfter = bytes };

    public static ProxyFault CutInHead(int bytes) => new() { CutHead = bytes };

    public static ProxyFault CutInUpload(long bytes, bool keeps = false) => new() { CutUpload = bytes, KeepsPart = keeps };

    public static ProxyFault LoseAnswer() => new() { LosesAnswer = true };

    public static ProxyFault Drip(TimeSpan pause) => new() { Drips = pause };

    public static ProxyFault Alter(Func<ProxiedAnswer, ProxiedAnswer> change) => new() { Change = change };

    public static ProxyFault AlterBody(Func<byte[], byte[]> change) => Alter(answer => answer.WithBody(change(answer.Body)));

    /// <param name="status"><c>503 Service Unavailable</c>.</param>
    /// <param name="headers">Lines without their ends.</param>
    public static ProxyFault Answer(string status, params string[] headers) => AnswerWithBody(status, "", headers);

    public static ProxyFault AnswerWithBody(string status, string body, params string[] headers) =>
        Raw($"HTTP/1.1 {status}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: " +
            $"close\r\n{string.Concat(headers.Select(header => header + "\r\n"))}\r\n{body}");

    /// <summary>Any bytes at all.</summary>
    public static ProxyFault Raw(string answer) => new() { Response = answer };
}
