namespace ContainerStages.Cli.Completion;

/// <summary>
/// The words of a command line that is still being written: read as <see cref="OptionReader"/> does, but nothing is a mistake.
/// </summary>
internal sealed class GivenWords
{
    private readonly Dictionary<string, string> values = new(StringComparer.Ordinal);
    private readonly List<string> plain = [];

    public GivenWords(IReadOnlyList<Option> options, IEnumerable<string> words, bool stopAtFirst)
    {
        foreach (var word in words)
        {
            if (Pending is { } option)
            {
                (values[option.Names[0]], Pending) = (word, null);
            }
            else if (EndsOptions || word == "-" || !word.StartsWith('-'))
            {
                plain.Add(word);
                EndsOptions |= stopAtFirst;
            }
            else if (word == "--")
            {
                EndsOptions = true;
            }
            else
            {
                Add(options, word);
            }
        }
    }

    /// <summary>The option whose value comes next; null where none waits for one.</summary>
    public Option? Pending { get; private set; }

    /// <summary>True where no further word is an option.</summary>
    public bool EndsOptions { get; private set; }

    /// <summary>Arguments that are no options.</summary>
    public IReadOnlyList<string> Plain => plain;

    public string? Last(string name) => values.GetValueOrDefault(name);

    private void Add(IReadOnlyList<Option> options, string word)
    {
        while (OptionReader.Cluster(word, options) is [var first, var rest])
        {
            if (options.First(option => option.Names.Contains(first)) is { Value: not null } valued)
            {
                values[valued.Names[0]] = rest;
                return;
            }

            word = rest;
        }

        var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=', StringComparison.Ordinal) : -1;
        if (options.FirstOrDefault(option => option.Names.Contains(equals < 0 ? word : word[..equals])) is { Value: not null } known)
        {
            if (equals < 0)
            {
                Pending = known;
            }
            else
            {
                values[known.Names[0]] = word[(equals + 1)..];
            }
        }
    }
}
