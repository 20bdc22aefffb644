#!/usr/bin/env bash
# Packages: buildah 1.43.2+ds1-3+b1, docker.io 28.5.2+dfsg4-5 to compare (both Debian forky). Needs root and mmdebstrap; a minute or two.
#
# COPY by buildah takes the setuid and setgid bits from a file of the build context, and says nothing. It keeps them of a file of another stage,
# and of what ADD unpacks from an archive; the other bits of the mode stay always. Docker keeps all of them, wherever the file comes from.
#
# The guess that is wrong: COPY without --chmod keeps the mode of the file, as with Docker, and from the context as from a stage.
#
# Why it matters: a root file system that was made beside the build (a package manager with another root, an embedded system's build) is
# brought in by COPY. Programs in it that need the bit are there and do not work, in the image of one of two builders.
source "$(dirname "$0")/shared/docker-and-buildah.sh"

EXPECTED='COPY files: Docker plain 755 setgid 2755 setuid 4755; buildah plain 755 setgid 755 setuid 755
COPY --from=made: Docker plain 755 setgid 2755 setuid 4755; buildah plain 755 setgid 2755 setuid 4755
ADD files.tar: Docker plain 755 setgid 2755 setuid 4755; buildah plain 755 setgid 2755 setuid 4755'

mkdir "$context/files"
touch "$context/files/plain" "$context/files/setgid" "$context/files/setuid"
chmod 755 "$context/files/plain"
chmod 2755 "$context/files/setgid"
chmod 4755 "$context/files/setuid"
tar -C "$context/files" -cf "$context/files.tar" plain setgid setuid
show() { (cd "$root" && find . -type f -printf '%f %m\n' | LC_ALL=C sort | paste -sd' '); }
dockerfile 'FROM scratch' 'COPY files /'
seen=$(both 'COPY files' show)
dockerfile 'FROM scratch AS made' 'ADD files.tar /' 'FROM scratch' 'COPY --from=made / /'
seen+="
$(both 'COPY --from=made' show)"
dockerfile 'FROM scratch' 'ADD files.tar /'
finish "$seen
$(both 'ADD files.tar' show)"
