using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using ContainerStages.Stages;

namespace ContainerStages.Dockerfile;

/// <summary>The keys of one mount with their values. What holds a variable is checked when the variable has its value.</summary>
internal sealed partial class MountFields(IReadOnlyDictionary<string, string?> values, Flag flag, ICollection<Diagnostic> diagnostics)
{
    public string? this[string key] => values.GetValueOrDefault(key) is { Length: > 0 } value ? value : null;

    /// <summary>A stage or an image; the graph of the stages needs it before variables have values.</summary>
    public string? From =>
        Checked(
            "from",
            value => !HasVariable(value),
            "the name of a stage, its number, or an image; variables are not replaced here, so name a stage with FROM ... AS");

    public string? Mode =>
        Checked("mode", value => HasVariable(value) || OctalNumber().IsMatch(value), "an octal number, for example 0755");

    public string? Size => Checked("size", value => HasVariable(value) || ByteCount().IsMatch(value), "a size, for example 64m");

    public CacheSharing Sharing => Checked(
        "sharing",
        value => Enum.TryParse<CacheSharing>(value, ignoreCase: true, out _) && char.IsLetter(value[0]),
        "shared, private or locked") is { } text
        && Enum.TryParse<CacheSharing>(text, ignoreCase: true, out var sharing) ? sharing : CacheSharing.Shared;

    public string? Number(string key) =>
        Checked(
            key,
            value => HasVariable(value) || uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _),
            "a number");

    /// <summary>A key without a value is true; null where the key was not given.</summary>
    public bool? Switch(string key)
    {
        if (!values.TryGetValue(key, out var text))
        {
            return null;
        }

        if (GoBoolean.Read(text) is { } value)
        {
            return value;
        }

        diagnostics.Add(MountDiagnostics.BadValue(key, text!, "true or false", flag.Location));
        return null;
    }

    /// <summary>A secret is named by id or source, or after the last part of its target.</summary>
    public bool SecretId(out string? id)
    {
        id = this["id"] ?? this["source"];
        if (this["id"] is not null && this["source"] is not null)
        {
            diagnostics.Add(MountDiagnostics.TwoIds(flag.Location));
        }
        else if (id is null && this["target"] is null)
        {
            diagnostics.Add(MountDiagnostics.SecretWithoutId(flag.Location));
        }
        else
        {
            return true;
        }

        return false;
    }

    private string? Checked(string key, Func<string, bool> isRight, string valid)
    {
        if (this[key] is not { } value || isRight(value))
        {
            return this[key];
        }

        diagnostics.Add(MountDiagnostics.BadValue(key, value, valid, flag.Location));
        return null;
    }

    private static bool HasVariable(string value) => value.Contains('$', StringComparison.Ordinal);

    [GeneratedRegex("^[0-7]{1,11}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OctalNumber();

    [GeneratedRegex(
        "^[0-9]+(\\.[0-9]*)? ?([kmgtp]?i?b?)$",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex ByteCount();
}
