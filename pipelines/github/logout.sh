#!/usr/bin/env bash
set -euo pipefail
[ -z "$LOGINS" ] || rm -rf "$LOGINS"
