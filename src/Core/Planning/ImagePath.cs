namespace ContainerStages.Planning;

/// <summary>Paths inside an image, as text: absolute, without <c>.</c> and <c>..</c>.</summary>
internal static class ImagePath
{
    /// <summary>The absolute path that <paramref name="path"/> names from a working folder; never above the root.</summary>
    public static string Absolute(string workingDirectory, string path)
    {
        var parts = new List<string>();
        var full = path.StartsWith('/') ? path : $"{workingDirectory}/{path}";
        foreach (var part in full.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count > 0)
                {
                    parts.RemoveAt(parts.Count - 1);
                }
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    /// <summary>The same for a COPY destination, where a trailing slash (also of <c>.</c>) says that it is a folder.</summary>
    public static string Destination(string workingDirectory, string path)
    {
        var isFolder = path.EndsWith('/')
            || path is "." or ".."
            || path.EndsWith("/.", StringComparison.Ordinal)
            || path.EndsWith("/..", StringComparison.Ordinal);
        var absolute = Absolute(workingDirectory, path);
        return isFolder && absolute != "/" ? absolute + "/" : absolute;
    }
}
