#!/usr/bin/env bash
# Package: docker-buildx 0.29.1+ds1-4 (Debian 14, "forky"); needs no daemon here.
#
# `args = { V = null }` in a target takes the argument away, so that the default of the Dockerfile holds. In a target that inherits V from
# another it does nothing: V has the value of the parent. The same with labels.
#
# The guess that is wrong: null means the same wherever it stands, and a child's word goes before its parent's, as every other value does.
#
# Why it matters: null is the one way to say "as the Dockerfile has it"; a target that inherits everything else (platforms, cache, labels) and
# wants one argument less is built with it all the same, and `--print` alone shows it.
source "$(dirname "$0")/shared/bake.sh"

EXPECTED='alone: {"W":"1"}
child: args {"V":"1","W":"2"}, labels {"v":"1","w":"2"}'

cat >docker-bake.hcl <<'BAKE'
target "alone" {
  args = { V = null, W = "1" }
}
target "parent" {
  args   = { V = "1", W = "1" }
  labels = { v = "1", w = "1" }
}
target "child" {
  inherits = ["parent"]
  args     = { V = null, W = "2" }
  labels   = { v = null, w = "2" }
}
BAKE
finish "alone: $(bake .target.alone.args alone)
child: $(bake '.target.child | "args \(.args), labels \(.labels)"' child)"
