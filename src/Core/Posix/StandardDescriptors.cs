using System.Runtime.InteropServices;

namespace ContainerStages.Posix;

/// <summary>Standard input, output and error.</summary>
public static partial class StandardDescriptors
{
    private const int F_GETFD = 1;

    /// <summary>
    /// Puts <c>/dev/null</c> where the caller closed one (<c>&gt;&amp;-</c>): else the next file that is opened would get its number, and
    /// what is written to standard output would go there. Go and the C library do the same.
    /// </summary>
    public static void Open()
    {
        for (var descriptor = 0; descriptor <= 2; descriptor++)
        {
            // The lowest free number is the one that is missing.
            if (fcntl(descriptor, F_GETFD) < 0 && open("/dev/null", FileCalls.O_RDWR) != descriptor)
            {
                throw Errno.Exception("open", "/dev/null");
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fcntl(int descriptor, int command);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
