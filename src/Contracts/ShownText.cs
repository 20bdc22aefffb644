using System.Text.RegularExpressions;

namespace ContainerStages.Contracts;

/// <summary>Text that people are shown.</summary>
public static partial class ShownText
{
    /// <summary>
    /// The text without the passwords of image names and addresses in it: <c>user:***@registry/name</c>. A digest behind <c>@</c> is none.
    /// </summary>
    public static string WithoutPasswords(string text) =>
        text.Contains('@', StringComparison.Ordinal) ? Password().Replace(text, "${before}***@") : text;

    [GeneratedRegex(
        """(?<before>(?<![^\s'"=(,])([a-z][a-z0-9+.-]*:(//)?)?[^\s'"/@:=]+:)[^\s'"]*@(?!sha[0-9]+:)(?=[A-Za-z0-9\[])""",
        RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Password();
}
