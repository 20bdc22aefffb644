#!/usr/bin/env bash
# Package: Tomlyn 2.10.2 (NuGet).
#
# SyntaxParser.Parse, which validates unless it is told not to, refuses a valid document: an array of tables of which one element has a list as [[a.list]] and a
# later one has it inline, list = [...]. "The key `a.[1].list` is already defined" it says, though each [[a]] begins a table of its own (TOML 1.0, Array of Tables).
# In the other order, and with one form in both, it takes the document. TomlSerializer reads all four right.
#
# The guess that is wrong: a validator of the syntax tree refuses what TOML forbids and nothing else, whatever form a value is written in.
#
# Why it matters: containers-registries.conf is such a document: a registry's mirrors may have either form. A reader of the tree has to switch the
# validator off and then finds that nothing looks for keys that stand twice; TomlSerializer, into a TomlTable, does not either: of `k = 1`, `k = 2` it gives 2.
set -euo pipefail

EXPECTED='[[a.list]], then list = [...]: refused: The key `a.[1].list` is already defined at (2,1) with `[[a.list]]
k = 1` and cannot be redefined; serializer: 1, 2
list = [...], then [[a.list]]: taken; serializer: 1, 2
[[a.list]] in both: taken; serializer: 1, 2
list = [...] in both: taken; serializer: 1, 2'

source "$(dirname "$0")/shared/dotnet-program.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >Program.cs <<'PROGRAM'
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

const string Tables = "[[a]]\n[[a.list]]\nk = {0}\n", Inline = "[[a]]\nlist = [{{ k = {0} }}]\n";
Show("[[a.list]], then list = [...]", string.Format(Tables, 1) + string.Format(Inline, 2));
Show("list = [...], then [[a.list]]", string.Format(Inline, 1) + string.Format(Tables, 2));
Show("[[a.list]] in both", string.Format(Tables, 1) + string.Format(Tables, 2));
Show("list = [...] in both", string.Format(Inline, 1) + string.Format(Inline, 2));

static void Show(string name, string text)
{
    var tree = SyntaxParser.Parse(text, "document.toml");
    var problem = tree.HasErrors ? $"refused: {tree.Diagnostics.First().Message}" : "taken";
    var model = (TomlTableArray)TomlSerializer.Deserialize<TomlTable>(text)!["a"];
    var values = model.SelectMany(element => element["list"] switch
    {
        TomlTableArray tables => tables.Select(table => table["k"]),
        TomlArray inline => inline.Select(table => ((TomlTable)table!)["k"]),
        var other => throw new InvalidOperationException(other.GetType().Name),
    });
    Console.WriteLine($"{name}: {problem.Replace('␤', '\n')}; serializer: {string.Join(", ", values)}");
}
PROGRAM
compile Tomlyn 2.10.2
seen=$(dotnet out/finding.dll)

printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
