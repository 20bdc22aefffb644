using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;
using Tomlyn.Parsing;
using Tomlyn.Syntax;

namespace ContainerStages.Media.Registry;

/// <summary>
/// Reads containers-registries.conf files. The syntax tree is walked, not mapped to objects: that needs no reflection, and every
/// message has its line. Unknown keys belong to other tools and are left alone.
/// </summary>
internal static class RegistriesConfigurationReader
{
    /// <summary>
    /// The file that CONTAINERS_REGISTRIES_CONF names, alone; else the user's file or the machine's, and then the drop-in files of both
    /// folders, of which a later one replaces entries of the same prefix.
    /// </summary>
    /// <exception cref="BuildFailedException">A file is not valid, or the named one is missing.</exception>
    public static RegistriesConfiguration Load(RegistryEnvironment environment, IReadOnlyList<RegistryMirror> mirrors)
    {
        var entries = new Dictionary<string, RegistryEntry>(StringComparer.Ordinal);
        foreach (var entry in FilesOf(environment).SelectMany(file => ReadFile(file)))
        {
            entries[entry.Prefix] = entry;
        }

        return new RegistriesConfiguration
        {
            Registries = [.. entries.Values],
            Mirrors = [.. mirrors.Select(Normalised)],
            InsecureHosts = [.. (environment["DOTNET_CONTAINER_INSECURE_REGISTRIES"] ?? "").Split(
                [',', ';'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
        };
    }

    /// <summary>The entries of one file's text.</summary>
    /// <exception cref="BuildFailedException">The text is not valid; the diagnostic has file and line.</exception>
    public static ImmutableArray<RegistryEntry> Parse(string text, string file)
    {
        // Without the validator: it takes a second registry's inline mirrors for a redefinition of the first one's tables.
        var document = SyntaxParser.Parse(text, file, validate: false);
        if (document.HasErrors)
        {
            var first = document.Diagnostics.First(message => message.Kind == DiagnosticMessageKind.Error);
            throw Invalid(file, first.Span, $"This is not valid TOML: {first.Message}");
        }

        if (TomlDuplicates.Find(document) is (var span, var problem))
        {
            throw Invalid(file, span, problem);
        }

        var drafts = new List<Draft>();
        foreach (var table in document.Tables)
        {
            Collect(table, drafts, file);
        }

        return [.. drafts.Select(draft => draft.ToEntry(file))];
    }

    private static IEnumerable<string> FilesOf(RegistryEnvironment environment)
    {
        if (environment["CONTAINERS_REGISTRIES_CONF"] is { } named)
        {
            return [named];
        }

        var user = environment.UnderHome(".config/containers");
        var main = new[] { user, environment.SystemDirectory }
            .OfType<string>()
            .Select(folder => Path.Combine(folder, "registries.conf")).FirstOrDefault(File.Exists);
        var dropIns = new[] { environment.SystemDirectory, user }.OfType<string>()
            .Select(folder => Path.Combine(folder, "registries.conf.d"))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.conf").Order(StringComparer.Ordinal));
        return main is null ? dropIns : dropIns.Prepend(main);
    }

    private static ImmutableArray<RegistryEntry> ReadFile(string file)
    {
        try
        {
            return Parse(File.ReadAllText(file), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildFailedException(
                RegistryDiagnostics.InvalidConfiguration(
                    new SourceLocation(file),
                    $"The registries configuration cannot be read: {e.Message}"),
                e);
        }
    }

    private static void Collect(TableSyntaxBase table, List<Draft> drafts, string file)
    {
        var name = table.Name?.ToString().Trim() ?? "";
        if (table is TableArraySyntax && name == "registry")
        {
            drafts.Add(new Draft(table.Span));
            Fill(drafts[^1].Values, table.Items, drafts[^1], file);
        }
        else if (table is TableArraySyntax && name == "registry.mirror")
        {
            if (drafts.Count == 0)
            {
                throw Invalid(file, table.Span, "[[registry.mirror]] stands before the [[registry]] it belongs to.");
            }

            var mirror = new Settings(table.Span);
            drafts[^1].Mirrors.Add(mirror);
            Fill(mirror, table.Items, null, file);
        }
        else if (name is "registry" or "registry.mirror")
        {
            throw Invalid(file, table.Span, $"[{name}] is one of several: write [[{name}]].");
        }
        else if (name is "registries.search" or "registries.insecure" or "registries.block" && table.Items.ChildrenCount > 0)
        {
            throw Invalid(
                file,
                table.Span,
                $"[{name}] is version 1 of this format, which is not read. Write [[registry]] with prefix, location, insecure, blocked.");
        }
    }

    private static void Fill(Settings settings, IEnumerable<KeyValueSyntax> items, Draft? owner, string file)
    {
        foreach (var item in items)
        {
            var key = item.Key?.ToString().Trim().Trim('"') ?? "";
            switch (key, item.Value)
            {
                case ("prefix" or "location" or "pull-from-mirror", StringValueSyntax text):
                    settings.Texts[key] = text.Value ?? "";
                    break;
                case ("insecure" or "blocked" or "mirror-by-digest-only", BooleanValueSyntax flag):
                    settings.Flags[key] = flag.Value;
                    break;
                case ("mirror", ArraySyntax mirrors) when owner is not null:
                    AddInlineMirrors(owner, mirrors, file);
                    break;
                case ("prefix" or "location" or "pull-from-mirror", _):
                    throw Invalid(file, item.Span, $"'{key}' must be a text in quotes.");
                case ("insecure" or "blocked" or "mirror-by-digest-only", _):
                    throw Invalid(file, item.Span, $"'{key}' must be true or false.");
            }
        }
    }

    private static void AddInlineMirrors(Draft owner, ArraySyntax mirrors, string file)
    {
        foreach (var item in mirrors.Items)
        {
            if (item.Value is not InlineTableSyntax table)
            {
                throw Invalid(file, item.Span, "'mirror' must hold tables: mirror = [{ location = \"...\" }].");
            }

            var mirror = new Settings(item.Span);
            owner.Mirrors.Add(mirror);
            Fill(mirror, table.Items.Select(entry => entry.KeyValue!), null, file);
        }
    }

    private static RegistryMirror Normalised(RegistryMirror mirror) =>
        mirror with { Registry = NormaliseLocation(mirror.Registry), Location = NormaliseLocation(mirror.Location) };

    private static string NormaliseLocation(string location) => location.TrimEnd('/') switch
    {
        "index.docker.io" or "registry-1.docker.io" => "docker.io",
        var other => other,
    };

    private static BuildFailedException Invalid(string file, SourceSpan span, string problem) =>
        new(RegistryDiagnostics.InvalidConfiguration(new SourceLocation(file, span.Start.Line + 1, span.Start.Column + 1), problem));

    private sealed class Settings(SourceSpan span)
    {
        public SourceSpan Span { get; } = span;

        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, bool> Flags { get; } = new(StringComparer.Ordinal);

        public string Location(string key, string file)
        {
            var location = Texts.GetValueOrDefault(key, "");
            return location.Contains("://", StringComparison.Ordinal)
                || location.Contains('@', StringComparison.Ordinal)
                || location.Any(char.IsWhiteSpace)
                ? throw Invalid(file, Span, $"'{key}' is '{location}'; it must be host[:port][/path] without http://.")
                : NormaliseLocation(location);
        }
    }

    private sealed class Draft(SourceSpan span)
    {
        public Settings Values { get; } = new(span);

        public List<Settings> Mirrors { get; } = [];

        public RegistryEntry ToEntry(string file)
        {
            var location = Values.Location("location", file);
            var prefix = Values.Location("prefix", file) is { Length: > 0 } given ? given : location;
            if (prefix.Length == 0)
            {
                throw Invalid(file, Values.Span, "[[registry]] needs a prefix or a location.");
            }

            if (location.Length == 0 && !prefix.StartsWith("*.", StringComparison.Ordinal))
            {
                location = prefix;
            }

            var digestOnly = Values.Flags.GetValueOrDefault("mirror-by-digest-only");
            return new RegistryEntry
            {
                Prefix = prefix,
                Location = location,
                Insecure = Values.Flags.GetValueOrDefault("insecure"),
                Blocked = Values.Flags.GetValueOrDefault("blocked"),
                Mirrors = [.. Mirrors.Select(mirror => ToMirror(mirror, digestOnly, file))],
                File = file,
            };
        }

        private static RegistryEntryMirror ToMirror(Settings mirror, bool digestOnly, string file)
        {
            var location = mirror.Location("location", file);
            if (location.Length == 0)
            {
                throw Invalid(file, mirror.Span, "[[registry.mirror]] needs a location.");
            }

            var use = mirror.Texts.GetValueOrDefault("pull-from-mirror") switch
            {
                "digest-only" => MirrorUse.DigestOnly,
                "tag-only" => MirrorUse.TagOnly,
                null or "all" => digestOnly ? MirrorUse.DigestOnly : MirrorUse.All,
                var other => throw Invalid(file, mirror.Span, $"'pull-from-mirror' is '{other}'; it must be all, digest-only or tag-only."),
            };
            return new RegistryEntryMirror(location, mirror.Flags.GetValueOrDefault("insecure"), use);
        }
    }
}
