using System.Globalization;
using System.Text.RegularExpressions;
using ContainerStages.Sandboxing;

namespace ContainerStages.Core.Tests.Sandboxing;

/// <summary>The names that OCI runtimes get mean the numbers of the other filter. Source: the kernel's headers on this machine.</summary>
[TestClass]
public sealed partial class SystemCallNamesTests
{
    private const string Headers = "/usr/include/x86_64-linux-gnu/asm";

    // Their arguments count.
    private static readonly string[] Others = ["clone", "clone3", "personality", "socket"];

    [TestMethod]
    public void Every_call_is_refused_under_its_number_and_its_name()
    {
        (string Header, SystemCallTable Table)[] processors = [("unistd_64.h", SystemCallTable.X64), ("unistd_32.h", SystemCallTable.X86)];
        foreach (var (header, table) in processors)
        {
            var calls = Read(header);
            foreach (var (name, number) in calls)
            {
                Assert.AreEqual(table.Refused.Contains(number), SystemCallNames.Refused.Contains(name), name);
            }

            var known = calls.Where(call => call.Number < SystemCallTable.FirstUnknown).Select(call => call.Name);
            Assert.AreEqual("", string.Join(' ', known.Except([.. SystemCallNames.Refused, .. SystemCallNames.Allowed, .. Others])));
        }
    }

    [TestMethod]
    public void No_call_is_named_twice()
    {
        var names = SystemCallNames.Refused.Concat(SystemCallNames.Allowed).Concat(Others);
        Assert.AreEqual("", string.Join(' ', names.CountBy(name => name).Where(one => one.Value > 1)));
    }

    private static List<(string Name, uint Number)> Read(string header)
    {
        var file = Path.Combine(Headers, header);
        if (!File.Exists(file))
        {
            Assert.Inconclusive("This machine has no headers of the kernel for x86.");
        }

        return [.. Definition().Matches(File.ReadAllText(file))
            .Select(match => (match.Groups["name"].Value, Number(match.Groups["number"].Value)))];
    }

    private static uint Number(string text) => uint.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"#define __NR_(?<name>\w+) (?<number>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Definition();
}
