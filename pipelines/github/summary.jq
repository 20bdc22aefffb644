# Images and steps as Markdown for the page of the run. Text of strangers is neither markup nor HTML.
def cell: gsub("\\s+"; " ") | .[0:120] | gsub("(?<sign>[\\\\`*_\\[\\]|~])"; "\\\(.sign)") | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;");
def bytes: if . < 1000 then "\(.) B" elif . < 1000000 then "\(. / 10 | round / 100) kB" else "\(. / 10000 | round / 100) MB" end;
def layers: [(.configuration // "{}" | fromjson | .history // [] | map(select(.empty_layer | not)))] as [$history]
  | (.manifest // "{}" | fromjson | .layers // []) as $layers
  | ($layers | length) - ($history | length) | . as $offset
  | [$layers | to_entries[] | "| \(.key + 1) | \(.value.size | bytes) | \(if .key < $offset then "" else $history[.key - $offset].created_by // "" end | cell) |"];
def platform: "", "\(.platform // "" | cell): \(.size // 0 | bytes) unpacked", "", "| layer | size | made by |", "|---:|---:|---|", layers[];
.[]
| "### \(.name | cell)\(if .result.upToDate then " (up to date)" else "" end)", "",
  # Archives and layouts stand among the references too.
  ((.result.references[] | select(test("^(oci-archive|oci-layout|docker-archive|docker-daemon|podman|local|tar):") | not)), .result.files[]?, .result.manifestDigest | "- `\(gsub("`"; ""))`"),
  (.result | if (.images // []) != [] then .images[] | platform elif .manifest then platform else empty end),
  (if .steps == [] then empty else
    "", "\(.steps | length) steps, \([.steps[] | select(.outcome == "Cached")] | length) cached", "", "| stage | step | outcome | time |", "|---|---|---|---:|",
    (.steps[] | "| \(.stage // "" | cell) | \(.title // "" | cell) | \(.outcome | ascii_downcase) | \(.milliseconds) ms |") end), ""
