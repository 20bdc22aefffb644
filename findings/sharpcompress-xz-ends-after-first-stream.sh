#!/usr/bin/env bash
# Packages: SharpCompress 0.50.8 (NuGet), xz-utils of the machine to write the files.
#
# XZStream ends, without an error, behind the first stream of a file that has several. The format allows any number of streams one after the other, with
# padding of four zero bytes or a multiple of it between them (xz file format 1.1.0, section 2), and `xz -d` gives the content of all. BZip2Stream of the
# same package reads all members when it is asked to (decompressConcatenated); XZStream has no such parameter.
#
# The guess that is wrong: a reader whose end is reached has read the file. .NET's GZipStream, and this package's own bzip2 reader, lead to that guess.
#
# Why it matters: pxz and `cat a.xz b.xz` write such files, and a tar archive that is cut at the border of a stream may end between two entries: files are
# missing from what was unpacked, and nothing failed. A caller has to look for bytes behind the end, and open a reader again.
set -euo pipefail

EXPECTED='one stream: onetwo
two streams: one
two streams, padding between: one
xz -d: onetwo onetwo onetwo'

source "$(dirname "$0")/shared/dotnet-program.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf onetwo | xz >single.xz
{ printf one | xz; printf two | xz; } >double.xz
{ printf one | xz; head -c 4 /dev/zero; printf two | xz; } >padded.xz

cat >Program.cs <<'PROGRAM'
string Read(string file)
{
    using var reader = new StreamReader(new SharpCompress.Compressors.Xz.XZStream(File.OpenRead(file)));
    return reader.ReadToEnd();
}

Console.WriteLine($"one stream: {Read("single.xz")}");
Console.WriteLine($"two streams: {Read("double.xz")}");
Console.WriteLine($"two streams, padding between: {Read("padded.xz")}");
PROGRAM
compile SharpCompress 0.50.8
seen=$(dotnet out/finding.dll; echo "xz -d: $(xz -dc single.xz) $(xz -dc double.xz) $(xz -dc padded.xz)")

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
