using System.Text;
using ContainerStages.Diagnostics;
using ContainerStages.Dockerfile;
using ContainerStages.TestKit.Dockerfiles;

namespace ContainerStages.Fuzz.Targets;

/// <summary>An ignore file reads, or is refused with its line; what hides a tree hides what is in it.</summary>
internal static class IgnoreTarget
{
    private const string FileName = ".dockerignore";
    private static readonly string[] Paths =
        ["a", "a/b", "a/b/c.txt", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "src/.git/config", "é/[x]", "a b/*"];
    private static readonly string[] Files =
    [
        "*.log\n!keep.log\n# comment\n", "**/bin\n**/obj/\n!a/b/**\n", "/a/../b\n./c\n[a-c]?\\*\n", "!\n", "a\r\n b \r\n",
        "**\n!src/**/*.go\n",
    ];
    private static readonly string[] Pieces =
    [
        "*", "**", "**/", "/**", "?", "[", "]", "[^a-z]", "[a", "-", "\\", "!", "#", "/", "..", ".", "\n", "\r\n", " ", "a", "b", "é",
        "\uFEFF", "*a*a*a*b",
    ];

    public static FuzzTarget Create() => new(
        "ignore",
        [.. Inputs.Kept("ignore"), .. Inputs.OfCases("*.dockerignore"), .. Inputs.Of(Files)],
        Inputs.Of(Pieces),
        input => Check(Encoding.UTF8.GetString(input)));

    private static void Check(string text)
    {
        IgnoreFile rules;
        try
        {
            rules = IgnoreFile.Read(text, FileName);
        }
        catch (BuildFailedException refused)
        {
            if (LocatedDiagnostics.WrongPlace(refused, text, FileName) is { } problem)
            {
                throw new PropertyBrokenException(problem);
            }

            return;
        }

        foreach (var path in Paths)
        {
            if (rules.Excludes(path, out var rule) != (rule is not null))
            {
                throw new PropertyBrokenException($"the verdict on '{path}' and its rule ({rule}) do not agree");
            }

            if (rules.ExcludesTree(path) && !rules.Excludes(path + "/below"))
            {
                throw new PropertyBrokenException($"the tree '{path}' is hidden, but a file in it is not");
            }
        }
    }
}
