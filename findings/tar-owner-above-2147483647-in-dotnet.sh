#!/usr/bin/env bash
# Package: System.Formats.Tar of the .NET SDK 10.0.401's runtime; GNU tar of the machine to write the archives.
#
# An owner of Linux is a number of 32 bits without a sign; TarEntry.Uid is an int. TarReader ends with OverflowException at an entry with a
# larger owner, in pax and in GNU's format, and with it TarFile.ExtractToDirectory, which does not use the owner at all: files behind the
# entry are not unpacked.
#
# The guess that is wrong: what cannot be told in a property does not keep an archive from being read, and what a reader of archives cannot read
# is an InvalidDataException.
#
# Why it matters: 4294967294 is the user "nobody" of macOS and of older Red Hat, and directories of large companies give such numbers. A layer
# that was packed by such a user is valid and runs; a caller that catches the exceptions of a broken archive does not catch this one.
set -euo pipefail
source "$(dirname "$0")/shared/finish.sh"
source "$(dirname "$0")/shared/dotnet-program.sh"

EXPECTED='pax, 2147483647: a, b; extracted a, b
pax, 4294967294: a, OverflowException; OverflowException, extracted a
gnu, 2147483647: a, b; extracted a, b
gnu, 4294967294: a, OverflowException; OverflowException, extracted a'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
touch a b
for format in pax gnu; do
    for owner in 2147483647 4294967294; do
        tar --format=$format --owner=somebody:0 -cf "$format, $owner" a
        tar --format=$format --owner=somebody:$owner -rf "$format, $owner" b
    done
done
cat >Program.cs <<'PROGRAM'
using System.Formats.Tar;

foreach (var archive in args)
{
    var seen = new List<string>();
    var read = Try(() =>
    {
        using var reader = new TarReader(File.OpenRead(archive));
        while (reader.GetNextEntry() is { } entry)
            seen.Add(entry.Name);
    });
    var folder = Directory.CreateDirectory($"files of {archive}");
    var extracted = Try(() => TarFile.ExtractToDirectory(archive, folder.FullName, overwriteFiles: false));
    Console.WriteLine($"{archive}: {string.Join(", ", seen)}{(read is null ? "" : $", {read}")}; "
        + $"{(extracted is null ? "" : $"{extracted}, ")}extracted {string.Join(", ", folder.GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal))}");
}

static string? Try(Action action)
{
    try { action(); return null; }
    catch (OverflowException error) { return error.GetType().Name; }
}
PROGRAM
compile
finish "$(dotnet out/finding.dll 'pax, 2147483647' 'pax, 4294967294' 'gnu, 2147483647' 'gnu, 4294967294')"
