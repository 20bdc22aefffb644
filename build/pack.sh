#!/usr/bin/env bash
# Packs the SDK, the command line as a .NET tool, the templates and the extension for Azure DevOps into artifacts/packages and leaves the
# native program at artifacts/program/linux-x64/dotnet-stages. Does nothing where the sources are those of the last run. Prints what there
# is, with sizes.
#   build/pack.sh [--force] [--no-native] [--no-extension] [--compile]
#     --no-native: without the native program; the package then runs the engine on dotnet
#     --no-extension: without the extension for Azure DevOps, which a machine without npm does not get either
#     --compile: compiles what the packages hold, which needs no C compiler, and packs nothing: a later run goes on from there
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

force=false native=true extension=true compile_only=false
for argument in "$@"; do
  case $argument in
    --force) force=true ;;
    --no-native) native=false ;;
    --no-extension) extension=false ;;
    --compile) compile_only=true ;;
    *) echo "usage: build/pack.sh [--force] [--no-native] [--no-extension] [--compile]" >&2; exit 2 ;;
  esac
done

packages=artifacts/packages
program=artifacts/program/linux-x64/dotnet-stages
tasks=artifacts/program/linux-x64/tasks
stamps=artifacts/pack
log=$stamps/pack.log
mkdir -p "$packages" "$(dirname "$program")" "$stamps"

# Two packs at once (test projects do that) would write the same files.
exec 9>"$stamps/lock"
flock 9

# A name and a content for every input; times say nothing after a checkout.
fingerprint() {
    find "$@" -type f -not -path '*/obj/*' -not -path '*/bin/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}
common=(Directory.Build.props Directory.Packages.props global.json)
icon=pipelines/azure-devops/images/extension.png
# The program holds the report's page where npm is there to bundle it.
page=$(command -v npm >/dev/null && echo page || echo no-page)
program_hash=$(fingerprint src/Contracts src/Core src/Cli src/ReportPage docs/diagnostics.md build/page.sh "${common[@]}")-$page
tasks_hash=$(fingerprint src/Contracts src/Tasks "${common[@]}")
package_hash=$(fingerprint src docs $icon "${common[@]}" build/pack.sh build/page.sh)-$native-$page

is_current() { ! $force && [[ -e $2 && -f $stamps/$1 && $(<"$stamps/$1") == "$3" ]]; }

quietly() {
  # The compiler stays behind as a server, and would hold the lock.
  if ! "$@" >"$log" 2>&1 9>&-; then
    cat "$log" >&2
    echo "pack.sh: failed: $*" >&2
    exit 1
  fi
}

# Analyzers take longer than the compiler itself; the build of the tests and of a project alone runs them.
compiled() { quietly dotnet "$@" -c Release -p:RunAnalyzers=false -nologo; }

require_native_tools() {
  if ! command -v clang >/dev/null && ! command -v gcc >/dev/null; then
    echo "pack.sh: the native program needs a C compiler and linker: install clang or gcc, and zlib1g-dev (build/setup.sh does)," \
        "or run with --no-native" >&2
    exit 1
  fi
}

package=$packages/ContainerStages.Sdk.0.1.0.nupkg
if $compile_only; then
  is_current package "$package" "$package_hash" || compiled build src/Sdk
  exit
fi

# Beside the native compiler, which keeps one core busy for minutes.
if $extension && command -v npm >/dev/null; then
  build/pipelines.sh >"$stamps/extension.log" 2>&1 9>&- &
  extension_job=$!
fi

if ! $native; then
  rm -rf "$program" "$stamps/program" "$tasks" "$stamps/tasks"
elif [[ $(uname -sm) != "Linux x86_64" ]]; then
  echo "pack.sh: the native program is for linux-x64 and cannot be made on $(uname -sm); the package runs the engine on dotnet"
elif ! is_current program "$program" "$program_hash"; then
  require_native_tools
  compiler=$(command -v clang >/dev/null && echo clang || echo gcc)
  compiled publish src/Cli -r linux-x64 -p:PublishAot=true -p:CppCompilerAndLinker="$compiler" \
    -p:StripSymbols=true -p:DebugType=none -o "$stamps/native"
  install -m 755 "$stamps/native/dotnet-stages" "$program"
  echo "$program_hash" >"$stamps/program"
fi

if $native && [[ $(uname -sm) == "Linux x86_64" ]] && ! is_current tasks "$tasks" "$tasks_hash"; then
  rm -rf "$tasks"
  compiled publish src/Tasks -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -o "$tasks"
  echo "$tasks_hash" >"$stamps/tasks"
fi

if ! is_current package "$package" "$package_hash"; then
  rm -f "$package"
  compiled pack src/Sdk -o "$packages"
  echo "$package_hash" >"$stamps/package"
  # The version stays the same while we work: what samples and demo unpacked of the last one must go.
  rm -rf artifacts/packages-unpacked/containerstages.sdk
fi

tool=$packages/dotnet-stages.0.1.0.nupkg
if ! is_current tool "$tool" "$package_hash"; then
  rm -f "$packages"/dotnet-stages.*.nupkg
  has_native=false
  if [[ -e $program ]]; then has_native=true; fi
  compiled pack src/Tool -o "$packages" -p:ToolPlatform=any
  if $has_native; then compiled pack src/Tool -o "$packages" -p:ToolPlatform=linux-x64; fi
  compiled pack src/Tool -o "$packages" -p:ToolHasNative=$has_native
  echo "$package_hash" >"$stamps/tool"
fi

templates=$packages/ContainerStages.Templates.0.1.0.nupkg
templates_hash=$(fingerprint templates $icon "${common[@]}")
if ! is_current templates "$templates" "$templates_hash"; then
  compiled pack templates -o "$packages"
  echo "$templates_hash" >"$stamps/templates"
fi

if [[ -n ${extension_job:-} ]] && ! wait "$extension_job"; then
  cat "$stamps/extension.log" >&2
  echo "pack.sh: the extension for Azure DevOps cannot be made; --no-extension leaves it out" >&2
  exit 1
fi

for file in "$package" "$packages"/dotnet-stages.*.nupkg "$templates" "$program" "$packages"/*.vsix; do
  if [[ -e $file ]]; then
    printf '%s  %s\n' "$file" "$(numfmt --to=si --suffix=B "$(stat -c %s "$file")")"
  fi
done
