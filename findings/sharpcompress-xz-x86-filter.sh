#!/usr/bin/env bash
# Packages: SharpCompress 0.50.8 (NuGet), xz-utils of the machine to write the files.
#
# XZStream calls a sound file damaged ("Block check corrupt") when it was written with the filter for x86 programs (`xz --x86 --lzma2`) and is larger than a
# few thousand bytes. Small files come out right, and files of any size in which the filter has nothing to convert.
#
# The guess that is wrong: a filter that the package has, and that decodes a small file, decodes a large one; and a failed check is the file's fault.
#
# Why it matters: archives of programs are written that way because they get some percent smaller. The message sends whoever reads it to fetch the archive
# again, or to suspect who sent it, although `xz -t` finds nothing. Filters that the package lacks (delta, arm64) throw NotImplementedException, which is honest.
set -euo pipefail

EXPECTED='xz -t: right
100 calls: right
200000 calls: InvalidFormatException Block check corrupt
200000 calls without the filter: right
1200000 bytes of text: right'

source "$(dirname "$0")/shared/dotnet-program.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >Program.cs <<'PROGRAM'
if (args is ["write"])
{
    File.WriteAllBytes("small", Calls(100));
    File.WriteAllBytes("large", Calls(200_000));
    return;
}

Console.WriteLine($"100 calls: {Read("small.xz", "small")}");
Console.WriteLine($"200000 calls: {Read("large.xz", "large")}");
Console.WriteLine($"200000 calls without the filter: {Read("plain.xz", "large")}");
Console.WriteLine($"1200000 bytes of text: {Read("text.xz", "text")}");

// The machine code of x86: no operation three times, then a call of an address.
static byte[] Calls(int count) =>
    [.. Enumerable.Range(0, count).SelectMany(number => (byte[])[0x90, 0x90, 0x90, 0xE8, .. BitConverter.GetBytes(number * 16), 0x90])];

static string Read(string file, string content)
{
    try
    {
        using var reader = new SharpCompress.Compressors.Xz.XZStream(File.OpenRead(file));
        var read = new MemoryStream();
        reader.CopyTo(read);
        return read.ToArray().AsSpan().SequenceEqual(File.ReadAllBytes(content)) ? "right" : "other bytes";
    }
    catch (Exception exception)
    {
        return $"{exception.GetType().Name} {exception.Message}";
    }
}
PROGRAM
compile SharpCompress 0.50.8
dotnet out/finding.dll write
for _ in $(seq 100000); do echo hello world; done >text
for file in small large text; do xz --x86 --lzma2 -k "$file"; done
xz -c large >plain.xz
xz -t ./*.xz
seen=$(echo "xz -t: right"; dotnet out/finding.dll)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
