namespace ContainerStages.Cli;

/// <summary>Files of variables. Source: docker run, --env-file.</summary>
internal static class EnvironmentFile
{
    /// <summary>What the files say, the last one first, and before all of them what was given alone.</summary>
    /// <exception cref="UsageException">A file cannot be read, or a line is none.</exception>
    public static Dictionary<string, string> Merge(IEnumerable<string> files, IReadOnlyDictionary<string, string> given)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in files.SelectMany(Read).Concat(given))
        {
            variables[name] = value;
        }

        return variables;
    }

    private static IEnumerable<KeyValuePair<string, string>> Read(string file)
    {
        foreach (var (number, line) in Lines(file).Index())
        {
            var text = line.TrimStart();
            if (text.Length == 0 || text[0] == '#')
            {
                continue;
            }

            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? text : text[..equals];
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                throw new UsageException(
                    $"--env-file {file}({number + 1}): '{name}' is no name of a variable; a line is KEY=VALUE, KEY, or " +
                    "a comment that begins with '#'.");
            }

            if ((equals < 0 ? Environment.GetEnvironmentVariable(name) : text[(equals + 1)..]) is { } value)
            {
                yield return new(name, value);
            }
        }
    }

    private static string[] Lines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--env-file {file}: {failure.Message}");
        }
    }
}
