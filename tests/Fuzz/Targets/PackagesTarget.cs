using System.Buffers.Binary;
using System.Text;
using ContainerStages.Reporting;

namespace ContainerStages.Fuzz.Targets;

/// <summary>A file that tells of packages has some or a problem, and the same ones in whatever pieces it comes.</summary>
internal static class PackagesTarget
{
    private static readonly string[] Paths =
        ["var/lib/dpkg/status", "lib/apk/db/installed", "app.deps.json", "etc/os-release", "bin/program"];

    public static FuzzTarget Create() => new(
        "packages",
        [
            .. Inputs.Kept("packages"),
            .. Inputs.Of(Texts),
            Program("go1.25.1", "path\ta\nmod\ta.b/c\tv1.0.0\t\ndep\td\tv0.1.0\n=>\t./d\t\n"),
            Program("go1.18", ""),
        ],
        [
            .. Inputs.Of("Package: ", "Version: ", "Status: install ok installed\n", "\n\n", "P:", "V:", "L:MIT AND ("),
            .. Inputs.Of("\"libraries\":{", "\"type\":\"package\"", "\\ud800"),
            .. Inputs.Of("\u007fELF", "mod\t", "dep\t", "=>\t", "ID=", "/1.0"),
            [0xFF, .. " Go buildinf:"u8],
            [0x80, 0x80],
        ],
        Check);

    private static string[] Texts =>
    [
        "Package: a\nStatus: install ok installed\nVersion: 1:2+b~c\nMaintainer: M <m@example.org>\nX: a\n b\n\nPackage: b\nVersion: 1\n",
        "C:Q1\nP:musl\nV:1.2-r1\nA:x86_64\nL:MIT\nm:M <m@example.org>\nF:lib\n\nP:a\nV:1\nL:GPL-2.0-only WITH Classpath-exception-2.0\n",
        """{"libraries":{"app/1.0.0":{"type":"project"},"A.B/2.0":{"type":"package","sha512":"sha512-AAAA"}}}""",
        "ID=debian\nVERSION_ID=\"13\"\nNAME='Debian'\n",
    ];

    private static void Check(byte[] input)
    {
        foreach (var path in Paths)
        {
            var whole = Read(path, input, input.Length);
            var pieces = Read(path, input, 1 + (input.Length == 0 ? 0 : input[^1]));
            if (whole != pieces)
            {
                throw new PropertyBrokenException($"In pieces {path} says:\n{pieces}\nand as a whole:\n{whole}");
            }
        }
    }

    private static string Read(string path, byte[] input, int size)
    {
        var search = new PackageSearch();
        var reader = search.Open(path, GoProgram.LeastSize)!;
        for (var start = 0; start < input.Length; start += size)
        {
            reader.Append(input.AsSpan(start, Math.Min(size, input.Length - start)));
        }

        reader.Complete();
        var system = search.Systems.Values.FirstOrDefault();
        return string.Join('\n', search.Files.Values.SelectMany(file => file.Packages.Select(Describe).Append(file.Problem)));

        string Describe(Package package)
        {
            var license = package.License is { } text ? LicenseExpression.TryRead(text) : null;
            return license is not null && LicenseExpression.TryRead(license) != license
                ? throw new PropertyBrokenException($"The license {license} reads otherwise.")
                : $"{package} {PackageUrl.Of(package, system)} {license}";
        }
    }

    /// <summary>The least program: a header, one segment of data, and in it what the linker of Go writes.</summary>
    private static byte[] Program(string version, string modules)
    {
        var program = new byte[256];
        "\u007fELF"u8.CopyTo(program);
        (program[4], program[5]) = (2, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(32), 64);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(54), 56);
        BinaryPrimitives.WriteUInt16LittleEndian(program.AsSpan(56), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(64), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(program.AsSpan(68), 6);
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(72), 128);
        BinaryPrimitives.WriteUInt64LittleEndian(program.AsSpan(96), 4096);
        byte[] magic = [0xFF, .. " Go buildinf:"u8, 8, 2];
        magic.CopyTo(program, 128);
        var framed = modules.Length == 0 ? "" : new string('0', 16) + modules + new string('1', 16);
        return [.. program.AsSpan(0, 160), .. Text(version), .. Text(framed)];

        static byte[] Text(string text) => [(byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
    }
}
