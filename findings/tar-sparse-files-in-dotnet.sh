#!/usr/bin/env bash
# Packages: System.Formats.Tar of the .NET SDK 10.0.401's runtime, SharpCompress 0.50.8 (NuGet); GNU tar of the machine to write the archives.
#
# A sparse file that GNU tar wrote with --format=pax (--sparse --format=pax) is a regular file for both libraries, with the name GNUSparseFile.N/name and the
# content that is stored: the map of the holes as text, then the pieces one behind the other. Neither undoes it, neither refuses it, and
# TarFile.ExtractToDirectory writes that file. In GNU's older format (--format=gnu) System.Formats.Tar throws NotSupportedException for the entry; SharpCompress
# gives a regular file whose name starts with the numbers of the map, and whose content is the pieces.
#
# The guess that is wrong: a reader that refuses sparse files in one form refuses or reads them in the other; and an entry whose own pax records tell another name
# and size (GNU.sparse.name, GNU.sparse.realsize) has these.
#
# Why it matters: root file systems are packed with --sparse for the files in them that are mostly holes (/var/log/lastlog, disk images, databases). The file is
# missing under its name in what was unpacked, and a wrong one lies beside it, without an error. A reader has to look for GNU.sparse records itself.
set -euo pipefail

EXPECTED='System.Formats.Tar, pax: RegularFile ./GNUSparseFile.N/holes, 4608 of 1048576 bytes, starts with the map; RegularFile plain, 6 bytes
System.Formats.Tar, pax, extracted: GNUSparseFile.N/holes 4608, plain 6
System.Formats.Tar, gnu: NotSupportedException
SharpCompress, pax: ./GNUSparseFile.N/holes, 4608 of 1048576 bytes, starts with the map; plain, 6 bytes
SharpCompress, gnu: (digits)/holes, 4096 of 1048576 bytes; plain, 6 bytes
tar: holes 1048576, plain 6'

source "$(dirname "$0")/shared/dotnet-program.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
truncate -s 1M holes
printf hello | dd of=holes bs=1 seek=500000 conv=notrunc status=none
echo plain >plain
for format in pax gnu; do tar --format=$format --sparse -cf $format.tar holes plain; done

cat >Program.cs <<'PROGRAM'
using System.Formats.Tar;
using SharpCompress.Readers;

foreach (var format in new[] { "pax", "gnu" })
{
    Show($"System.Formats.Tar, {format}", Formats($"{format}.tar"));
    if (format == "pax")
    {
        TarFile.ExtractToDirectory("pax.tar", Directory.CreateDirectory("extracted").FullName, overwriteFiles: false);
        Show("System.Formats.Tar, pax, extracted", [string.Join(", ", new DirectoryInfo("extracted").GetFiles("*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath("extracted", file.FullName)} {file.Length}").Order(StringComparer.Ordinal))]);
    }
}

foreach (var format in new[] { "pax", "gnu" })
    Show($"SharpCompress, {format}", Sharp($"{format}.tar"));

static void Show(string text, IEnumerable<string> lines)
{
    try { Console.WriteLine($"{text}: {string.Join("; ", lines)}"); }
    catch (NotSupportedException error) { Console.WriteLine($"{text}: {error.GetType().Name}"); }
}

static IEnumerable<string> Formats(string file)
{
    using var reader = new TarReader(File.OpenRead(file));
    while (reader.GetNextEntry() is { } entry)
    {
        var content = new MemoryStream();
        entry.DataStream!.CopyTo(content);
        yield return $"{entry.EntryType} {entry.Name}, {Content(content)}";
    }
}

static IEnumerable<string> Sharp(string file)
{
    using var reader = ReaderFactory.OpenReader(File.OpenRead(file));
    while (reader.MoveToNextEntry())
    {
        var content = new MemoryStream();
        reader.WriteEntryTo(content);
        yield return $"{reader.Entry.Key}, {Content(content)}";
    }
}

// The map is a number of pieces, then where each starts and how long it is, a line each.
static string Content(MemoryStream content) => (content.Length < 10 ? $"{content.Length} bytes" : $"{content.Length} of 1048576 bytes")
    + (content.ToArray() is [>= (byte)'1' and <= (byte)'9', (byte)'\n', ..] ? ", starts with the map" : "");
PROGRAM
compile SharpCompress 0.50.8
# N is the number of tar's process.
seen=$(dotnet out/finding.dll | sed -E 's|GNUSparseFile\.[0-9]+|GNUSparseFile.N|g; s|: [0-9 ]+/holes|: (digits)/holes|')
mkdir unpacked
tar -C unpacked -xf pax.tar
seen+=$'\n'"tar: holes $(stat -c %s unpacked/holes), plain $(stat -c %s unpacked/plain)"

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
