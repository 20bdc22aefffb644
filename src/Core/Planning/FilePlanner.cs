using System.Collections.Immutable;
using ContainerStages.Diagnostics;
using ContainerStages.Oci;
using ContainerStages.Stages;

namespace ContainerStages.Planning;

/// <summary>Plans COPY and ADD: one copy for each run of sources of the same kind, in their order, so that later ones win.</summary>
internal sealed class FilePlanner(PlanScope scope, StageVariables variables, ConfigBuilder config)
{
    public ImmutableArray<PlannedCopy> Plan(CopyInstruction copy)
    {
        if (!copy.Files.IsEmpty)
        {
            return [new PlannedCopy(
                new FromFiles(copy.Files), ["."], copy.Destination, null, null, copy.Location) { Append = copy.Append }];
        }

        var files = new Sources(copy, copy.Documents, copy.Sources);
        var owner = Optional(copy.Chown, copy);
        if (copy.Link && owner is not null && owner.Split(':').Any(part => !part.All(char.IsAsciiDigit)))
        {
            throw new BuildFailedException(ContextDiagnostics.NameInLinkedLayer(owner, copy.Location));
        }

        var from = copy.From is null ? new FromContext() : scope.Source(copy);
        var common = new PlannedCopy(
            from,
            [],
            Destination(copy.Destination, copy),
            owner,
            Optional(copy.Chmod, copy),
            copy.Location)
        {
            Optional = copy.SkipMissing,
            Parents = copy.Parents,
            Part = copy.Part,
            Excludes = [.. copy.Excludes.Select(pattern => variables.Expand(pattern, copy.Location))],
        };
        return Group(files, word => common with { From = from, Sources = [word] }, common);
    }

    public ImmutableArray<PlannedCopy> Plan(AddInstruction add)
    {
        var files = new Sources(add, add.Documents, add.Sources);
        var common = new PlannedCopy(
            new FromContext(),
            [],
            Destination(add.Destination, add),
            Optional(add.Chown, add),
            Optional(add.Chmod, add),
            add.Location)
        {
            Instruction = "ADD",
            Excludes = [.. add.Excludes.Select(pattern => variables.Expand(pattern, add.Location))],
        };
        var checksum = add.Checksum is { } text ? variables.Expand(text, add.Location) : null;
        if (checksum is "")
        {
            // Not as if it were not there: what should be verified would not be.
            throw new BuildFailedException(PlanDiagnostics.EmptyValue("--checksum", add.Checksum!, add.Location));
        }

        var planned = Group(files, word => AddSource(word, add, checksum, common), common);
        return checksum is null || planned.Any(copy => copy.From is FromAddress or FromRepository)
            ? planned
            : throw new BuildFailedException(AddDiagnostics.ChecksumOfLocalFile(checksum, add.Location));
    }

    private PlannedCopy AddSource(string word, AddInstruction add, string? checksum, PlannedCopy common)
    {
        if (GitSource.TryParse(word, checksum, add.Location) is { } repository)
        {
            return common with
            {
                From = scope.Locked.Apply(new FromRepository(repository, add.KeepGitDirectory || repository.KeepGitDirectory)),
                Sources = [repository.Folder],
            };
        }

        if (!IsAddress(word))
        {
            return common with { Sources = [word], Unpack = add.Unpack ?? true };
        }

        if (!Uri.TryCreate(word, UriKind.Absolute, out var address) || address.Host.Length == 0)
        {
            throw new BuildFailedException(AddDiagnostics.BadAddress(word, add.Location));
        }

        if (checksum is not null && !Digest.TryParse(checksum, out _))
        {
            throw new BuildFailedException(AddDiagnostics.BadChecksum(checksum, add.Location));
        }

        return common with { From = scope.Locked.Apply(new FromAddress(address, checksum)), Sources = ["*"], Unpack = add.Unpack ?? false };
    }

    private static bool IsAddress(string word) =>
        word.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || word.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Neighbours that differ only in their paths become one copy.</summary>
    private ImmutableArray<PlannedCopy> Group(Sources files, Func<string, PlannedCopy> plan, PlannedCopy common)
    {
        var copies = new List<PlannedCopy>();
        foreach (var word in files.Words)
        {
            var copy = files.DocumentOf(word) is { } document
                ? common with
                {
                    From = new FromDocument(document.Name, ContentOf(document)),
                    Sources = ["*"],
                    Parents = false,
                    Excludes = [],
                }
                : plan(variables.Expand(word, files.Instruction.Location));
            if (copies is [.., var last]
                && last.From == copy.From
                && last.Unpack == copy.Unpack
                && copy.From is not (FromDocument or FromAddress))
            {
                copies[^1] = last with { Sources = last.Sources.AddRange(copy.Sources) };
            }
            else
            {
                copies.Add(copy);
            }
        }

        return [.. copies.Select(copy => copy with { OneOfSeveral = copies.Count > 1 })];
    }

    private string ContentOf(HereDocument document) =>
        document.Expand ? variables.ExpandText(document.Content, document.Location) : document.Content;

    private string Destination(string word, Instruction where) =>
        ImagePath.Destination(config.WorkingDirectory, variables.Expand(word, where.Location));

    /// <summary>What is empty once its variables are replaced is as if it were not there.</summary>
    private string? Optional(string? word, Instruction where) =>
        word is not null && variables.Expand(word, where.Location) is { Length: > 0 } value ? value : null;

    /// <summary>The sources of one instruction; the n-th <c>&lt;&lt;NAME</c> among them stands for the n-th document.</summary>
    private sealed class Sources(Instruction instruction, ImmutableArray<HereDocument> documents, ImmutableArray<string> words)
    {
        private int next;

        public Instruction Instruction { get; } = instruction;

        public ImmutableArray<string> Words { get; } = words;

        public HereDocument? DocumentOf(string word) =>
            word.StartsWith("<<", StringComparison.Ordinal) && next < documents.Length ? documents[next++] : null;
    }
}
