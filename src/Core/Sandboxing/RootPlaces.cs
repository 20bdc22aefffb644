using ContainerStages.Posix;
using Microsoft.Win32.SafeHandles;

namespace ContainerStages.Sandboxing;

/// <summary>Places of a root that is not entered yet: links that an image holds lead to where they lead inside.</summary>
internal static class RootPlaces
{
    /// <param name="root">The root.</param>
    /// <param name="path">Inside, without a leading slash.</param>
    /// <exception cref="PosixException">There is no such place.</exception>
    public static SafeFileHandle Open(SafeFileHandle root, string path) => TryOpen(root, path) ?? throw Errno.Exception("open", path);

    /// <summary>Null where there is no such place.</summary>
    public static SafeFileHandle? TryOpen(SafeFileHandle root, string path, int flags = 0) =>
        FileCalls.OpenBeneath(root, path, FileCalls.O_PATH | flags, 0, FileCalls.RESOLVE_IN_ROOT);

    /// <summary>Opens a folder; what of its path is missing is made.</summary>
    /// <exception cref="PosixException">It cannot be made, or something on the way is no folder.</exception>
    public static SafeFileHandle MakeFolder(SafeFileHandle root, string path)
    {
        var names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var folder = Open(root, ".");
        for (var i = 0; i < names.Length; i++)
        {
            using var parent = folder;
            var here = string.Join('/', names[..(i + 1)]);
            folder = TryOpen(root, here, FileCalls.O_DIRECTORY) ?? Make(root, parent, here);
        }

        return folder;
    }

    private static SafeFileHandle Make(SafeFileHandle root, SafeFileHandle parent, string path) =>
        FileCalls.MkdirAt(parent, path[(path.LastIndexOf('/') + 1)..], 0x1ED) < 0 ? throw Errno.Exception("mkdir", path) : Open(root, path);
}
