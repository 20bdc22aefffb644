using System.Xml;

namespace ContainerStages.Tasks.Project;

/// <summary>An item as it stands in a project file: its element, place, and raw Steps.</summary>
public sealed record ItemText(string ItemType, string Include, int Line, int Column, StepsText? Steps);

/// <summary>
/// A project file as text. MSBuild tells a task which file an item comes from, but not the line, and not what stood there before expansion.
/// </summary>
public sealed class ProjectText
{
    private readonly List<ItemText> items = [];
    private readonly List<(string Name, StepsText Text)> properties = [];
    private readonly HashSet<string> elements = new(StringComparer.OrdinalIgnoreCase);

    private ProjectText()
    {
    }

    /// <summary>Reads a file; one that cannot be read as XML has no items (MSBuild has complained already, or it is no file).</summary>
    public static ProjectText Load(string file)
    {
        var text = new ProjectText();
        try
        {
            using var reader = XmlReader.Create(file, new XmlReaderSettings { DtdProcessing = DtdProcessing.Ignore, XmlResolver = null });
            text.Read(reader);
        }
        catch (Exception exception) when (exception is XmlException or IOException or UnauthorizedAccessException or UriFormatException)
        {
            text.items.Clear();
            text.properties.Clear();
        }

        return text;
    }

    /// <summary>Whether the file sets a property or uses an item of that name anywhere.</summary>
    public bool HasElement(string name) => elements.Contains(name);

    /// <summary>
    /// The element that an evaluated item comes from: of those that name it, the one with the same Steps, else the last; null when none
    /// names it and more than one could be it.
    /// </summary>
    public ItemText? Find(string itemType, string name, string? steps = null)
    {
        var ofType = items.Where(item => string.Equals(item.ItemType, itemType, StringComparison.OrdinalIgnoreCase)).ToList();
        var named = ofType.Where(item => Names(item.Include, name)).ToList();
        if (named.Count == 0)
        {
            named = ofType.Where(item => item.Include.Contains('(', StringComparison.Ordinal)).ToList();
            return named.Count == 1 ? named[0] : null;
        }

        return named.LastOrDefault(item => steps is not null && item.Steps?.Text == steps)
            ?? named.LastOrDefault(item => item.Steps is not null)
            ?? named[^1];
    }

    /// <summary>
    /// The raw text of a ContainerStages property that can have given the value, the last of several; null when none can.
    /// </summary>
    public StepsText? FindProperty(string name, string evaluated) =>
        properties.LastOrDefault(property => string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase)
            && Expansions.CanGive(property.Text.Text, evaluated)).Text;

    private static bool Names(string include, string name) =>
        include.Split(';', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);

    private void Read(XmlReader reader)
    {
        var position = (IXmlLineInfo)reader;
        while (reader.Read())
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                elements.Add(reader.LocalName);
                if (reader.LocalName.StartsWith("Container", StringComparison.OrdinalIgnoreCase)
                    && (reader.GetAttribute("Include") ?? reader.GetAttribute("Update")) is { } include)
                {
                    ReadItem(reader, position, include);
                }
                else if (reader.LocalName.StartsWith("ContainerStages", StringComparison.OrdinalIgnoreCase) && !reader.IsEmptyElement)
                {
                    properties.Add((reader.LocalName, ReadSteps(reader, position)));
                }
            }
        }
    }

    private void ReadItem(XmlReader reader, IXmlLineInfo position, string include)
    {
        var (itemType, line, column) = (reader.LocalName, position.LineNumber, position.LinePosition);
        var steps = StepsAttribute(reader, position);
        if (!reader.IsEmptyElement)
        {
            var depth = reader.Depth;
            while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
            {
                if (reader.NodeType == XmlNodeType.Element
                    && string.Equals(reader.LocalName, "Steps", StringComparison.OrdinalIgnoreCase)
                    && !reader.IsEmptyElement)
                {
                    steps = ReadSteps(reader, position);
                }
            }
        }

        items.Add(new ItemText(itemType, include, line, column, steps));
    }

    private static StepsText? StepsAttribute(XmlReader reader, IXmlLineInfo position)
    {
        if (!reader.MoveToAttribute("Steps"))
        {
            return null;
        }

        var steps = new StepsText();
        steps.AddText(reader.Value, position.LineNumber);
        reader.MoveToElement();
        return steps;
    }

    private static StepsText ReadSteps(XmlReader reader, IXmlLineInfo position)
    {
        var steps = new StepsText();
        var depth = reader.Depth;
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth))
        {
            if (reader.NodeType == XmlNodeType.Comment)
            {
                steps.AddComment(reader.Value, position.LineNumber);
            }
            else if (reader.NodeType is XmlNodeType.Text
                or XmlNodeType.CDATA
                or XmlNodeType.Whitespace
                or XmlNodeType.SignificantWhitespace)
            {
                steps.AddText(reader.Value, position.LineNumber);
            }
        }

        return steps;
    }
}
