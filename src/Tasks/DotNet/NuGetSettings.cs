using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using ContainerStages.Contracts;

namespace ContainerStages.Tasks.DotNet;

/// <summary>
/// NuGet's settings of this machine for a builder: files without anything secret, which may lie in a layer, and the credentials apart.
/// Folder feeds become folders of the builder. Source: NuGet, nuget.config reference.
/// </summary>
internal sealed partial class NuGetSettings
{
    // Where packages lie and how this machine reaches the network is no business of the builder, and passwords stand in all of them.
    private static readonly string[] LeftOut =
        ["packageSourceCredentials", "apikeys", "clientCertificates", "config", "fallbackPackageFolders", "trustedSigners"];
    private readonly Dictionary<string, string> feeds = new(StringComparer.Ordinal);
    private readonly XElement credentials = new("packageSourceCredentials");
    private readonly SortedSet<string> variables = new(StringComparer.Ordinal);

    /// <summary>Folder feeds of this machine, and their folders in the builder.</summary>
    public IReadOnlyList<MachineFile> Feeds => [.. feeds.Select(feed => new MachineFile(feed.Key, feed.Value))];

    /// <summary>Environment variables that the settings name as <c>%NAME%</c>.</summary>
    public IReadOnlyCollection<string> Variables => variables;

    /// <summary>A settings file with the credentials of all files; null where there are none.</summary>
    public string? Credentials => credentials.HasElements ? Text(new XElement("configuration", credentials)) : null;

    /// <summary>What must not be shown: user names are no secret, everything else in the credentials is.</summary>
    public IEnumerable<string> Secrets => credentials.Descendants("add")
        .Where(add => add.Attribute("key")?.Value is "ClearTextPassword" or "Password")
        .Select(add => Environment.ExpandEnvironmentVariables(add.Attribute("value")?.Value ?? ""));

    /// <summary>One file of the project's tree.</summary>
    /// <exception cref="ProjectException">The file is no XML.</exception>
    public string Read(string file) => Text(Sanitize(file));

    /// <summary>Several files as one, the strongest first; it hides what the builder image brings.</summary>
    /// <exception cref="ProjectException">A file is no XML.</exception>
    public string ReadAll(IEnumerable<string> files)
    {
        var merged = new XElement("configuration", new XElement("packageSources", new XElement("clear")));
        foreach (var section in files.Reverse().SelectMany(file => Sanitize(file).Elements()))
        {
            if (merged.Element(section.Name) is { } existing)
            {
                existing.Add(section.Nodes());
            }
            else
            {
                merged.Add(section);
            }
        }

        return Text(merged);
    }

    private XElement Sanitize(string file)
    {
        XElement root;
        try
        {
            root = XDocument.Load(file).Root!;
        }
        catch (XmlException problem)
        {
            throw new ProjectException(
                DotNetDiagnostics.SettingsUnreadable(problem.Message, new SourceLocation(file, problem.LineNumber, problem.LinePosition)));
        }

        variables.UnionWith(Placeholder().Matches(root.ToString())
            .Select(match => match.Groups["name"].Value)
            .Where(name => Environment.GetEnvironmentVariable(name) is not null));
        foreach (var feed in root.Elements("packageSourceCredentials").Elements())
        {
            AddCredentials(feed);
        }

        root.Elements().Where(section => LeftOut.Contains(section.Name.LocalName, StringComparer.OrdinalIgnoreCase)).Remove();
        root.DescendantNodes().OfType<XComment>().Remove();
        foreach (var source in root.Elements("packageSources").Elements("add"))
        {
            Rewrite(source, file);
        }

        return root;
    }

    private void Rewrite(XElement source, string file)
    {
        var value = source.Attribute("value")?.Value ?? "";
        if (Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
        {
            if (address.UserInfo.Length > 0)
            {
                source.SetAttributeValue("value", new UriBuilder(address) { UserName = "", Password = "" }.Uri.ToString());
                AddUserInfo(source.Attribute("key")?.Value ?? "", address.UserInfo);
            }
        }
        else if (value.Length > 0 && !Placeholder().IsMatch(value))
        {
            var folder = Path.GetFullPath(value.Replace('\\', '/'), Path.GetDirectoryName(file)!);
            if (!feeds.TryGetValue(folder, out var target))
            {
                target = "/feeds/" + feeds.Count.ToString(CultureInfo.InvariantCulture);
                feeds.Add(folder, target);
            }

            source.SetAttributeValue("value", target);
        }
    }

    private void AddUserInfo(string key, string userInfo)
    {
        var parts = userInfo.Split(':', 2);
        AddCredentials(new XElement(XmlConvert.EncodeLocalName(key),
            Add("Username", Uri.UnescapeDataString(parts[0])),
            Add("ClearTextPassword", Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""))));
    }

    // The first file is the strongest, so a later one of that name says nothing.
    private void AddCredentials(XElement feed)
    {
        if (credentials.Element(feed.Name) is null)
        {
            credentials.Add(new XElement(feed));
        }
    }

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    private static string Text(XElement root) => root + "\n";

    [GeneratedRegex("%(?<name>[A-Za-z_][A-Za-z0-9_]*)%", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();
}
