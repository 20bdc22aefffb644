using System.Collections.Immutable;
using ContainerStages.Contracts;
using ContainerStages.Diagnostics;

namespace ContainerStages.Engines;

/// <summary>
/// The value of --chmod: octal, or symbolic clauses such as <c>u=rwX,go-w</c> that change a file's own mode. Source: Dockerfile reference,
/// COPY --chmod; POSIX chmod.
/// </summary>
internal sealed class ModeChange
{
    private const uint Everyone = 0x1FF; // rwxrwxrwx
    private readonly ImmutableArray<Clause> clauses;
    private readonly uint? octal;

    private ModeChange(uint? octal, ImmutableArray<Clause> clauses) => (this.octal, this.clauses) = (octal, clauses);

    /// <exception cref="BuildFailedException">The text is neither form.</exception>
    public static ModeChange Read(string text, SourceLocation location)
    {
        if (text.Length <= 5 && text.All(digit => digit is >= '0' and <= '7'))
        {
            var value = text.Aggregate(0u, (sum, digit) => (sum * 8) + (uint)(digit - '0'));
            return value <= 0xFFF ? new ModeChange(value, []) : throw new BuildFailedException(StepDiagnostics.BadMode(text, location));
        }

        var read = ImmutableArray.CreateBuilder<Clause>();
        foreach (var part in text.Split(','))
        {
            if (!TryRead(part, read))
            {
                throw new BuildFailedException(StepDiagnostics.BadMode(text, location));
            }
        }

        return new ModeChange(null, read.ToImmutable());
    }

    /// <summary>The mode that an octal text names; null for a symbolic one.</summary>
    public uint? Octal => octal;

    public uint Apply(uint mode, bool isDirectory) =>
        octal ?? clauses.Aggregate(mode, (current, clause) => clause.Apply(current, isDirectory));

    /// <summary><c>[ugoa...][[-+=][rwxXst...]...]</c>; the umask plays no part.</summary>
    private static bool TryRead(string text, ImmutableArray<Clause>.Builder read)
    {
        var position = 0;
        uint who = 0;
        while (position < text.Length && text[position] is 'u' or 'g' or 'o' or 'a')
        {
            who |= text[position++] switch { 'u' => 0x1C0u | 0x800u, 'g' => 0x38u | 0x400u, 'o' => 0x7u, _ => Everyone | 0xC00u };
        }

        who = who == 0 ? Everyone | 0xC00 : who;
        var start = position;
        while (position < text.Length && text[position] is '+' or '-' or '=')
        {
            var operation = text[position++];
            var permissions = position;
            while (position < text.Length && "rwxXstugo".Contains(text[position], StringComparison.Ordinal))
            {
                position++;
            }

            read.Add(new Clause(who, operation, text[permissions..position]));
        }

        return position == text.Length && position > start;
    }

    private sealed record Clause(uint Who, char Operation, string Permissions)
    {
        public uint Apply(uint mode, bool isDirectory)
        {
            var bits = Bits(mode, isDirectory);
            return Operation switch
            {
                '+' => mode | bits,
                '-' => mode & ~bits,
                _ => (mode & ~(Who & (Everyone | (isDirectory ? 0 : 0xC00u)))) | bits,
            };
        }

        private uint Bits(uint mode, bool isDirectory) => Permissions.Aggregate(0u, (sum, permission) => sum | permission switch
        {
            'r' => Who & 0x124,
            'w' => Who & 0x92,
            'x' => Who & 0x49,
            'X' => isDirectory || (mode & 0x49) != 0 ? Who & 0x49 : 0,
            's' => Who & 0xC00,
            't' => 0x200u,
            'u' => Who & Repeat((mode >> 6) & 7),
            'g' => Who & Repeat((mode >> 3) & 7),
            _ => Who & Repeat(mode & 7),
        });

        private static uint Repeat(uint three) => (three << 6) | (three << 3) | three;
    }
}
