using System.Globalization;

namespace ContainerStages.TestKit;

/// <summary>A request as it came to the proxy. Header names are looked up without regard to case.</summary>
public sealed record ProxiedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers)
{
    public long ContentLength =>
        Headers.TryGetValue("Content-Length", out var length) ? long.Parse(length, CultureInfo.InvariantCulture) : 0;

    public bool IsChunked => Headers.ContainsKey("Transfer-Encoding");

    public override string ToString() => $"{Method} {Path}";

    internal static ProxiedRequest Parse(string head)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var first = lines[0].Split(' ');
        return new ProxiedRequest(first[0], first[1], HeadersOf(lines[1..]));
    }

    internal static Dictionary<string, string> HeadersOf(IEnumerable<string> lines)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return headers;
    }
}

/// <summary>What the server answered, on its way back: the first line, the headers, the body (none for HEAD).</summary>
public sealed record ProxiedAnswer(string Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>With another body and the length that fits it.</summary>
    public ProxiedAnswer WithBody(byte[] body) =>
        (this with { Body = body }).With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));

    /// <summary>With a header set, or taken out where the value is null.</summary>
    public ProxiedAnswer With(string name, string? value)
    {
        var headers = new Dictionary<string, string>(Headers, StringComparer.OrdinalIgnoreCase);
        headers.Remove(name);
        if (value is not null)
        {
            headers[name] = value;
        }

        return this with { Headers = headers };
    }

    internal static ProxiedAnswer Parse(string head, byte[] body)
    {
        var lines = head.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new ProxiedAnswer(lines[0], ProxiedRequest.HeadersOf(lines[1..]), body);
    }

    internal string Head() => $"{Status}\r\n{string.Concat(Headers.Select(header => $"{header.Key}: {header.Value}\r\n"))}\r\n";
}
