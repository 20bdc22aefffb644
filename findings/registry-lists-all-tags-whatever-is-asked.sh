#!/usr/bin/env bash
# Package: docker-registry 2.8.2+ds1-1 (Debian 12), the CNCF Distribution registry.
#
# tags/list takes no notice of `n` and `last`: a request for two tags behind "b" is answered with all tags, from the first, and without a Link to
# a next page. The list of repositories (_catalog) of the same registry has both. When the last tag has gone, the list is not empty but null.
#
# The guess that is wrong: what distribution-spec says of the list (at most n tags, those behind last, in lexical order) holds for the list of
# tags where it holds for that of repositories; and a list without an element is a list.
#
# Why it matters: a client that pages by `last` until nothing comes, as the specification lets it, gets the whole list for ever; one that
# asks for n to be spared thousands of tags is not. And code that goes through the tags of a repository fails on null on the day of a clean-up.
source "$(dirname "$0")/shared/registry.sh"

EXPECTED='tags, all: a b c d
tags, n=2: a b c d, Link: none
tags, n=2, last=b: a b c d, Link: none
repositories, n=1: example/app, Link: yes
tags, all deleted: null'

image image.json
start
push_blob layer.tar.gz
push_blob config.json
for tag in a b c d; do push_manifest "$tag" image.json "$IMAGE" >/dev/null; done
# A second repository, so that there is something to page through.
first=$base
base=${first%/app}/other
push_blob layer.tar.gz
push_blob config.json
push_manifest a image.json "$IMAGE" >/dev/null
base=$first

# The order is that of the file system's folder.
tags() { curl -sf -D headers "$base/tags/list$1" | jq -r 'if .tags == null then "null" else .tags | sort | join(" ") end'; }
link() { grep -qi '^link:' headers && echo "Link: yes" || echo "Link: none"; }
seen="tags, all: $(tags '')
tags, n=2: $(tags '?n=2'), $(link)
tags, n=2, last=b: $(tags '?n=2&last=b'), $(link)
repositories, n=1: $(curl -sf -D headers "http://127.0.0.1:$port/v2/_catalog?n=1" | jq -r '.repositories | join(" ")'), $(link)"
curl -sf -X DELETE "$base/manifests/$(digest image.json)"
finish "$seen
tags, all deleted: $(tags '')"
