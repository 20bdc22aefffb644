using System.Text.RegularExpressions;
using ContainerStages.TestKit;

namespace ContainerStages.Core.Tests.Documentation;

[TestClass]
public sealed partial class CommandLinePageTests
{
    [TestMethod]
    public void Every_flag_of_the_command_line_is_explained()
    {
        var page = File.ReadAllText(Repository.PathOf("docs", "command-line.md"));
        var missing =
            from path in Repository.Sources("src/Cli", ".cs")
            from Match match in Flag().Matches(File.ReadAllText(Repository.PathOf(path)))
            let flag = match.Groups["flag"].Value
            where !Regex.IsMatch(page, $@"{flag}(?![\w-])", RegexOptions.None, TimeSpan.FromSeconds(1))
            select $"{flag} ({path})";
        Assert.IsEmpty(missing.Distinct().ToList(), string.Join(Environment.NewLine, missing.Distinct()));
    }

    [GeneratedRegex("\"(?<flag>--[a-z][a-z-]+)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Flag();
}
