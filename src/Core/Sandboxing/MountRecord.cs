using System.Globalization;

namespace ContainerStages.Sandboxing;

/// <summary>A mount as the first process makes it, and as it travels in the specification.</summary>
internal sealed record MountRecord
{
    public required string Kind { get; init; }

    /// <summary>Inside the root, without a leading slash.</summary>
    public required string Target { get; init; }

    public bool IsFolder { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>A path: of the machine, or inside the stack.</summary>
    public string Source { get; init; } = "";

    /// <summary>For a stack: <c>lowerdir</c>, relative to <see cref="SandboxFolder.Links"/>.</summary>
    public string LowerNames { get; init; } = "";

    /// <summary>For a stack: its folder beside the others of the sandbox.</summary>
    public string Name { get; init; } = "";

    /// <summary>Mount options of memory.</summary>
    public string Options { get; init; } = "";

    /// <summary>Base64.</summary>
    public string Content { get; init; } = "";

    public uint Mode { get; init; }

    public uint UserId { get; init; }

    public uint GroupId { get; init; }

    public const string Host = "host";
    public const string Stack = "stack";
    public const string Memory = "memory";
    public const string File = "file";

    /// <param name="name">Different for every mount of a sandbox.</param>
    public static MountRecord Of(SandboxMount mount, string name, string lowerNames)
    {
        var start = new MountRecord { Kind = "", Name = name, Target = mount.Target.TrimStart('/'), IsFolder = mount.IsFolder };
        return mount switch
        {
            HostMount host => start with { Kind = Host, Source = host.Source, ReadOnly = host.ReadOnly },
            StackMount stack =>
                start with { Kind = Stack, Source = stack.Source.TrimStart('/'), LowerNames = lowerNames, ReadOnly = stack.ReadOnly },
            MemoryMount memory =>
                start with { Kind = Memory, Options = memory.Size is { } size ? $"mode=1777,size={Text(size)}" : "mode=1777" },
            ContentMount file => start with
            {
                Kind = File,
                Content = Convert.ToBase64String(file.Content.Span),
                Mode = file.Mode,
                UserId = file.UserId,
                GroupId = file.GroupId,
                ReadOnly = true,
            },
            _ => throw new NotSupportedException($"The sandbox does not know {mount.GetType().Name}."),
        };
    }

    /// <summary>The fields in their order; <see cref="Read"/> takes as many.</summary>
    public IReadOnlyList<string> ToFields() =>
    [
        Kind, Target, IsFolder
            ? "1"
            : "0", ReadOnly
            ? "1"
            : "0", Source, LowerNames, Name, Options, Content, Text(Mode), Text(UserId), Text(GroupId),
    ];

    public static MountRecord Read(IReadOnlyList<string> fields) => new()
    {
        Kind = fields[0],
        Target = fields[1],
        IsFolder = fields[2] == "1",
        ReadOnly = fields[3] == "1",
        Source = fields[4],
        LowerNames = fields[5],
        Name = fields[6],
        Options = fields[7],
        Content = fields[8],
        Mode = uint.Parse(fields[9], CultureInfo.InvariantCulture),
        UserId = uint.Parse(fields[10], CultureInfo.InvariantCulture),
        GroupId = uint.Parse(fields[11], CultureInfo.InvariantCulture),
    };

    public const int FieldCount = 12;

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
