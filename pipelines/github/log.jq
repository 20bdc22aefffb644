# Events of `dotnet-stages build --progress json` as lines for people; errors and warnings as annotations of the runner.
def escape: gsub("%"; "%25") | gsub("\r"; "%0D") | gsub("\n"; "%0A");
def property: escape | gsub(":"; "%3A") | gsub(","; "%2C");
def place: if .location then "file=\(.location.file | property),line=\([.location.line, 1] | max)," else "" end;
. as $line
| (try fromjson catch null) as $event
| if $event == null or ($event | type) != "object" then $line
  elif $event.type == "step-started" then "\($event.stage) | \($event.title)"
  elif $event.type == "step-finished" then "\($event.outcome | ascii_downcase) in \($event.milliseconds) ms"
  elif $event.type == "output" or $event.type == "text" then $event.text
  elif $event.type == "diagnostic" then $event.diagnostic
    | "\(.severity | ascii_downcase) \(.code): \(.message)",
      "::\(env.TOKEN)::", "::\(.severity | ascii_downcase) \(place)title=\(.code)::\(.message | escape)", "::stop-commands::\(env.TOKEN)"
  else empty end
