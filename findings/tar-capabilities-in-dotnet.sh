#!/usr/bin/env bash
# Package: System.Formats.Tar of the .NET SDK 10.0.401's runtime; GNU tar of the machine to write the archives.
#
# The capabilities of a program in a layer are 20 bytes in a pax record (SCHILY.xattr.security.capability). TarReader reads them as UTF-8 text:
# of cap_setuid, whose byte is 0x80, it makes U+FFFD, and TarWriter writes three other bytes for it, 22 in all. cap_dac_override with
# cap_fowner has the byte 0x0A, which TarReader takes for the end of the record and refuses the archive. cap_net_raw comes through.
#
# The guess that is wrong: a record has its length written before it, so any byte can stand in it; and an entry that is read and given to a
# writer is written as it was.
#
# Why it matters: newuidmap of Fedora and openSUSE has cap_setuid, ping has cap_net_raw. A tool that filters or joins layers with this library
# is tried with the one and breaks the other: Linux refuses capabilities of 22 bytes, when the layer is unpacked.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"
source "$(dirname "$0")/shared/dotnet-program.sh"

EXPECTED='cap_net_raw: 0100000200200000000000000000000000000000, written 0100000200200000000000000000000000000000
cap_setuid: 0100000280000000000000000000000000000000, written 01000002EFBFBD000000000000000000000000000000
cap_dac_override,cap_fowner: 010000020A000000000000000000000000000000, InvalidDataException'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo program >file

# archive NAME BYTE BYTE: an archive whose file may do what the first two bytes of the permitted capabilities say.
archive() {
    tar --format=pax --pax-option='SCHILY.xattr.security.capability:=AAAAAAAAAAAAAAAAAAAA' -cf "$1.tar" file
    printf '%b\0\0\0\0\0\0\0\0\0\0\0\0\0\0' "\\x01\\x00\\x00\\x02\\x$2\\x$3" |
        dd of="$1.tar" bs=1 seek="$(grep -obaF AAAAAAAAAAAAAAAAAAAA "$1.tar" | cut -d: -f1)" conv=notrunc status=none
}
archive cap_net_raw 00 20
archive cap_setuid 80 00
archive cap_dac_override,cap_fowner 0a 00

cat >Program.cs <<'PROGRAM'
using System.Formats.Tar;
using System.Text;

const string Name = "SCHILY.xattr.security.capability";
foreach (var capability in args)
{
    try
    {
        using var reader = new TarReader(File.OpenRead($"{capability}.tar"));
        var entry = (PaxTarEntry)reader.GetNextEntry()!;
        var written = new MemoryStream();
        using (var writer = new TarWriter(written, leaveOpen: true))
            writer.WriteEntry(entry);
        Console.WriteLine($"{capability}: {Value(File.ReadAllBytes($"{capability}.tar"))}, written {Value(written.ToArray())}");
    }
    catch (InvalidDataException error)
    {
        Console.WriteLine($"{capability}: {Value(File.ReadAllBytes($"{capability}.tar"))}, {error.GetType().Name}");
    }
}

// The bytes of the record, whose length stands before its name.
static string Value(byte[] archive)
{
    var name = archive.AsSpan().IndexOf(Encoding.ASCII.GetBytes($" {Name}="));
    var start = name;
    while (archive[start - 1] is >= (byte)'0' and <= (byte)'9') start--;
    var length = int.Parse(archive.AsSpan(start, name - start));
    return Convert.ToHexString(archive.AsSpan(start, length - 1)[(name - start + Name.Length + 2)..]);
}
PROGRAM
compile
finish "$(dotnet out/finding.dll cap_net_raw cap_setuid cap_dac_override,cap_fowner)"
