using System.Net.Http.Headers;
using System.Text;

namespace ContainerStages.Media.Registry;

/// <summary>How a registry wants to be shown who asks. Source: RFC 7235, 4.1; distribution, Token Authentication Specification.</summary>
internal sealed record AuthenticationChallenge(bool IsBearer, string Realm, string Service, string Scope)
{
    /// <summary>The strongest scheme of the answer that is known here, or null.</summary>
    public static AuthenticationChallenge? Choose(HttpResponseHeaders headers)
    {
        var challenges = headers.WwwAuthenticate.ToList();
        var bearer = challenges.Find(challenge => challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase));
        if (bearer is not null)
        {
            var parameters = ParseParameters(bearer.Parameter ?? "");
            return new AuthenticationChallenge(
                IsBearer: true,
                parameters.GetValueOrDefault("realm", ""),
                parameters.GetValueOrDefault("service", ""),
                parameters.GetValueOrDefault("scope", ""));
        }

        return challenges.Exists(challenge => challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase))
            ? new AuthenticationChallenge(IsBearer: false, "", "", "")
            : null;
    }

    /// <summary>Reads <c>name="quoted value",name=token</c>.</summary>
    internal static Dictionary<string, string> ParseParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var position = 0;
        while (position < text.Length)
        {
            var equals = text.IndexOf('=', position);
            if (equals < 0)
            {
                break;
            }

            var name = text[position..equals].Trim(' ', ',', '\t');
            position = equals + 1;
            parameters[name] = position < text.Length && text[position] == '"'
                ? ReadQuoted(text, ref position)
                : ReadToken(text, ref position);
        }

        return parameters;
    }

    private static string ReadQuoted(string text, ref int position)
    {
        var value = new StringBuilder();
        for (position++; position < text.Length && text[position] != '"'; position++)
        {
            if (text[position] == '\\' && position + 1 < text.Length)
            {
                position++;
            }

            value.Append(text[position]);
        }

        position++;
        return value.ToString();
    }

    private static string ReadToken(string text, ref int position)
    {
        var comma = text.IndexOf(',', position);
        var end = comma < 0 ? text.Length : comma;
        var value = text[position..end].Trim();
        position = end;
        return value;
    }
}
