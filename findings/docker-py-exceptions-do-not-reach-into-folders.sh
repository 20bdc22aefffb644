#!/usr/bin/env bash
# Packages: python3-docker 7.2.0-2 (the Docker SDK for Python), docker.io 28.5.2+dfsg4-5 (both Debian forky). Needs root and mmdebstrap; a minute
# or two.
#
# The SDK makes the build context itself, and reads .dockerignore for it. With `*` and `!**/*.md` ("nothing but Markdown") Docker keeps these
# files at any depth, and the SDK those at the top alone: it does not look into a folder that is left out unless an exception begins with its
# name. A backslash, which makes an ordinary character of the next one for Docker, stands for itself.
#
# The guess that is wrong: the SDK of Docker's own project follows Docker's .dockerignore; what was left out comes back where an exception fits.
#
# Why it matters: a list of what may go in, instead of one of what may not, is the careful form of the file. Images that are built by a script
# in Python (or by a tool that stands on it) miss files that `docker build` puts into them; the build succeeds where COPY names the folder.
MORE_PACKAGES=python3-docker=7.2.0-2
source "$(dirname "$0")/shared/dockerignore.sh"

EXPECTED='* !*.md !d/*.md: Docker a.md d/b.md; library a.md d/b.md
* !**/*.md: Docker a.md d/b.md d/e/c.md; library a.md
* !*/*.md: Docker d/b.md; library 
\#file: Docker a.md d/b.md d/e/c.md; library #file a.md d/b.md d/e/c.md'

files a.md d/b.md d/e/c.md '#file'
cat >"$work/tree/other.py" <<'PROGRAM'
import os
from docker.utils.build import exclude_paths

# As docker.api.build reads the file.
with open("/context/.dockerignore") as file:
    patterns = [line for line in map(str.strip, file.read().splitlines()) if line != "" and line[0] != "#"]
print("\n".join(name for name in exclude_paths("/context", patterns) if os.path.isfile(f"/context/{name}")))
PROGRAM
other() { chroot "$work/tree" python3 /other.py; }
finish "$(
    compare '*' '!*.md' '!d/*.md'
    compare '*' '!**/*.md'
    compare '*' '!*/*.md'
    compare '\#file'
)"
