using System.Globalization;
using System.Text.RegularExpressions;

namespace ContainerStages.TestKit;

/// <summary>What a program asked of the kernel, its children included, as strace saw it.</summary>
/// <param name="Files">Calls that name a file.</param>
/// <param name="Opens">Files and folders that were opened.</param>
/// <param name="KilobytesRead">By the reading calls; of sockets and pipes too.</param>
/// <param name="KilobytesWritten">By the writing calls, and copied inside the kernel.</param>
public sealed partial record SystemCallCounts(long Files, long Opens, long KilobytesRead, long KilobytesWritten)
{
    private static readonly string[] Reading = ["read", "pread64", "readv", "preadv", "recvfrom", "recvmsg"];
    private static readonly string[] Writing =
        ["write", "pwrite64", "writev", "pwritev", "sendto", "sendmsg", "copy_file_range", "sendfile"];

    /// <summary>What stands before a command to have it watched.</summary>
    /// <param name="log">The file that strace writes.</param>
    public static string[] Watch(string log)
    {
        var calls = string.Join(',', Reading.Concat(Writing));
        return ["strace", "-f", "-qq", "-s", "0", "-e", "signal=none", "-e", $"trace=%file,{calls}", "-o", log];
    }

    public static SystemCallCounts Read(string log)
    {
        var (files, opens, read, written) = (0L, 0L, 0L, 0L);
        foreach (var line in File.ReadLines(log))
        {
            // Of a call that another thread interrupted, the second line has the result.
            if (Call().Match(line) is not { Success: true } call)
            {
                continue;
            }

            var name = call.Groups["name"].Value;
            var result = long.Parse(call.Groups["result"].Value, CultureInfo.InvariantCulture);
            if (Reading.Contains(name, StringComparer.Ordinal))
            {
                read += Math.Max(0, result);
            }
            else if (Writing.Contains(name, StringComparer.Ordinal))
            {
                written += Math.Max(0, result);
            }
            else
            {
                files++;
                opens += name.StartsWith("open", StringComparison.Ordinal) && result >= 0 ? 1 : 0;
            }
        }

        return new SystemCallCounts(files, opens, read >> 10, written >> 10);
    }

    [GeneratedRegex(@"^\d+ +(<\.\.\. )?(?<name>\w+)(\(| resumed>).* = (?<result>-?\d+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Call();
}
