#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# PATCH of an upload appends its body wherever Content-Range says that it belongs: a chunk that is sent again for the same range is there twice, and one for bytes
# far behind the end closes up to it, each answered with 202 and a Range of what lies there now. The fault shows with the PUT at the end alone, as
# DIGEST_INVALID. And Range is 0-0 for an upload without a byte, as it is for one with a single byte.
#
# The guess that is wrong: a chunk that does not start where the last one ended is refused with 416, as distribution-spec asks, so that sending one again after a
# lost answer does no harm; and Range says how much lies there.
#
# Why it matters: a client that goes on after a broken connection with the chunk that it has no answer for uploads gigabytes for a refusal. It has to ask for the
# upload's Range first, and cannot tell nothing from one byte by it.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='new upload: Range 0-0
hello for 0-4: 202, Range 0-4
hello for 0-4 again: 202, Range 0-9
world for 100-104: 202, Range 0-14
closed as hellohelloworld: 201
a single byte: 202, Range 0-0'

start
# ask CURL-OPTION...: the answer of the upload's place, which moves with each.
ask() {
    curl -s -D answer -o /dev/null -H 'Content-Type: application/octet-stream' "$@"
    tr -d '\r' <answer >headers
    place=$(sed -n 's/^[Ll]ocation: //p' headers)
}
code() { sed -n 's|^HTTP/1.1 \([0-9]*\).*|\1|p' headers; }
range() { sed -n 's/^Range: //p' headers; }
chunk() { ask -X PATCH -H "Content-Range: $2" --data-binary "$1" "$place"; }

ask -X POST "$base/blobs/uploads/"
seen="new upload: Range $(range)"
chunk hello 0-4
seen+=$'\n'"hello for 0-4: $(code), Range $(range)"
chunk hello 0-4
seen+=$'\n'"hello for 0-4 again: $(code), Range $(range)"
chunk world 100-104
seen+=$'\n'"world for 100-104: $(code), Range $(range)"
printf hellohelloworld >blob
ask -X PUT "$place&digest=$(digest blob)"
seen+=$'\n'"closed as hellohelloworld: $(code)"
ask -X POST "$base/blobs/uploads/"
chunk h 0-0
finish "$seen"$'\n'"a single byte: $(code), Range $(range)"
