#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# Where the connection of a PATCH breaks, the registry keeps the bytes that it got, and from then on refuses the upload's address with 404 BLOB_UPLOAD_INVALID: for
# GET, which should say how far it came, for PATCH and PUT, and for DELETE, which should take the bytes away. The address holds the length of before, the one that
# would do comes with the answer that never arrived. Where the upload is ended in order, DELETE answers 204 and takes the bytes, not the upload's folder.
#
# The guess that is wrong: an upload that broke is asked for its Range and goes on there, as distribution-spec has it for chunks, and a client that gives up
# can at least take back what it sent.
#
# Why it matters: a break in the last percent of a large layer costs the whole layer again, and each leaves its bytes in the registry until its own purge of old
# uploads (a week). Who may have to give an upload up ends the request in order and deletes then.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='PATCH cut off after 300000 of 1000000 bytes: GET 404, PATCH 404, DELETE 404, bytes kept 300000
PATCH of 300000 bytes: GET 204, DELETE 204, bytes kept 0, folders of uploads kept 2'

start
place() { sed -n 's/^[Ll]ocation: //p' answer | tr -d '\r'; }
code() { curl -s -o /dev/null -w '%{http_code}' -H 'Content-Type: application/octet-stream' "$@"; }
kept() { find storage -path '*/_uploads/*/data' -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }'; }

head -c 300000 /dev/zero >part
curl -s -X POST -D answer -o /dev/null "$base/blobs/uploads/"
address=$(place)
exec 3<>"/dev/tcp/127.0.0.1/$port"
printf 'PATCH %s HTTP/1.1\r\nHost: 127.0.0.1:%s\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000000\r\n\r\n' "${address#http://127.0.0.1:$port}" "$port" >&3
cat part >&3
exec 3>&-
for _ in $(seq 100); do [ "$(kept)" = 300000 ] && break; sleep 0.05; done
seen="PATCH cut off after 300000 of 1000000 bytes: GET $(code "$address"), PATCH $(code -X PATCH --data-binary @part "$address"), DELETE $(code -X DELETE "$address"), bytes kept $(kept)"

rm -rf storage/docker/registry/v2/repositories/example/app/_uploads/*/data
curl -s -X POST -D answer -o /dev/null "$base/blobs/uploads/"
curl -s -X PATCH -D answer -o /dev/null -H 'Content-Type: application/octet-stream' --data-binary @part "$(place)"
address=$(place)
seen+=$'\n'"PATCH of 300000 bytes: GET $(code "$address"), DELETE $(code -X DELETE "$address"), bytes kept $(kept), folders of uploads kept $(find storage -path '*/_uploads/*' -prune | wc -l)"
finish "$seen"
