#!/usr/bin/env bash
# Package: podman 4.3.1+ds1-8+deb12u1+b3 (buildah 1.28 inside; Debian 12). Needs root; half a minute.
#
# With the directive "# escape=`", `podman build` takes the backtick as the sign that a line goes on, and still takes the backslash as the escape inside words:
# ENV and LABEL without quotes lose their backslashes, and with quotes those before a dollar sign, while a backtick before one escapes nothing.
#
# The guess that is wrong: the directive sets the one escape character of the file, for line ends and in words, as the Dockerfile reference says of it and as
# BuildKit does. A builder that reads the directive at all follows it.
#
# Why it matters: the directive is there so that paths of Windows and patterns (\d+) need no second backslash. Such a file builds with podman without a
# warning, and the image has `C:datalogs`.
source "$(dirname "$0")/shared/podman.sh"

EXPECTED='A=C:datalogs
B=C:\data
C=$x
D=a`
pattern=vd+'

cat >context/Dockerfile <<'DOCKERFILE'
# escape=`
FROM scratch
COPY busybox `
  /busybox
ENV A=C:\data\logs B="C:\data" C="\$x" D=a`$x
LABEL pattern=v\d+
DOCKERFILE
build finding
seen=$(podman image inspect finding | jq -r '.[0].Config | (.Env[] | select(startswith("PATH=") | not)), "pattern=\(.Labels.pattern)"')
printf -- '--- seen\n%s\n' "$seen"
[ "$seen" = "$EXPECTED" ] || { printf -- '--- expected\n%s\n' "$EXPECTED"; exit 1; }
