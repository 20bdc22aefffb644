# Stand-ins for the images of mcr.microsoft.com/dotnet, of Debian's packages and this machine's .NET SDK; sourced after images.sh, never
# run. Names, users, variables and folders are those of the real ones. Needs a folder in WORK.
# shellcheck shell=bash

# A change of how they are made is a change of this name.
DOTNET_RECIPE=5
DOTNET_FOLDER=$(dirname "$(readlink -f "$(command -v dotnet)")")
DOTNET_USER=1654

make_dotnet_images() {
    local sdk version base=$WORK/dotnet.tar tools=$WORK/toolchain.tar git=$WORK/git.tar
    sdk=$(cd / && dotnet --version)
    version=${sdk%.*}
    debian_root essential ca-certificates,libicu72,libssl3,libstdc++6,tzdata,zlib1g "$base" &
    debian_root extract clang,llvm,zlib1g-dev,gcc-aarch64-linux-gnu,libc6-dev-arm64-cross "$tools" \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr &
    debian_root extract git "$git" --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr &
    wait -n && wait -n && wait -n || fail "mmdebstrap could not make a Debian root; its output stands above."

    begin_image dotnet/runtime-deps amd64
    bsdtar -cf - --exclude './dev/*' --exclude './proc/*' --exclude './sys/*' --exclude './etc/passwd' --exclude './etc/group' "@$base" |
        add_layer
    dotnet_user_files "$base" | add_layer
    finish_image "$(dotnet_config '')" "$version" "$version-noble"
    finish_for_both $DOTNET_USER "$version-noble-chiseled" "$version-noble-chiseled-extra"

    continue_image dotnet/runtime
    dotnet_files dotnet host "shared/Microsoft.NETCore.App" | add_layer
    finish_for_both '' "$version" "$version-noble"
    finish_for_both $DOTNET_USER "$version-noble-chiseled" "$version-noble-chiseled-extra"

    continue_image dotnet/aspnet
    dotnet_files shared/Microsoft.AspNetCore.App | add_layer
    finish_for_both '' "$version" "$version-noble"
    finish_for_both $DOTNET_USER "$version-noble-chiseled" "$version-noble-chiseled-extra"

    continue_image dotnet/sdk
    dotnet_files sdk sdk-manifests packs templates | add_layer
    # As in the real one: builds ask git for their version. Its libraries are in every Debian.
    bsdtar -cf - --include './usr/bin/git' "@$git" | add_layer
    finish_image "$(dotnet_config '')" "$version" "$version-noble" "$sdk"
    bsdtar -cf - --exclude './dev/*' --exclude './etc/*' --exclude './var/*' "@$tools" | add_layer
    finish_image "$(dotnet_config '')" "$version-aot" "$version-noble-aot"
}

# debian_root VARIANT PACKAGES TAR [OPTION...]
debian_root() {
    local leave_out=()
    for folder in man doc locale info lintian bash-completion; do leave_out+=("--dpkgopt=path-exclude=/usr/share/$folder/*"); done
    SOURCE_DATE_EPOCH=$EPOCH quietly mmdebstrap --variant="$1" --include="$2" "${leave_out[@]}" "${@:4}" bookworm "$3"
}

# The user that the real images have, in front of Debian's.
dotnet_user_files() {
    local root=$WORK/dotnet-user name
    mkdir -p "$root"/{app,etc,home/app,usr/bin}
    for name in passwd group; do bsdtar -xOf "$1" "./etc/$name" >"$root/etc/$name"; done
    echo "app:x:$DOTNET_USER:$DOTNET_USER::/home/app:/bin/sh" >>"$root/etc/passwd"
    echo "app:x:$DOTNET_USER:" >>"$root/etc/group"
    ln -sf /usr/share/dotnet/dotnet "$root/usr/bin/dotnet"
    tar_of_folder "$root" .
}

# dotnet_files PATH...: of this machine's .NET, without what no test reads: messages in other languages, F#, tools of their own.
dotnet_files() {
    tar -C "$DOTNET_FOLDER" --sort=name --mtime="@$EPOCH" --owner=0 --group=0 --numeric-owner --format=gnu --hard-dereference \
        --anchored --no-wildcards-match-slash --exclude='sdk/*/FSharp' --exclude='sdk/*/TestHostNetFramework' \
        --exclude='sdk/*/DotnetTools/dotnet-watch' \
        --exclude='sdk/*/DotnetTools/dotnet-format' --exclude='packs/*/*/ref/*/*.xml' \
        --exclude='sdk/*/cs' --exclude='sdk/*/de' --exclude='sdk/*/es' --exclude='sdk/*/fr' --exclude='sdk/*/it' \
        --exclude='sdk/*/ja' --exclude='sdk/*/ko' \
        --exclude='sdk/*/pl' --exclude='sdk/*/pt-BR' --exclude='sdk/*/ru' --exclude='sdk/*/tr' --exclude='sdk/*/zh-Han*' \
        --transform='s,^,usr/share/dotnet/,S' -cf - "$@"
}

# dotnet_config USER
dotnet_config() {
    jq -cn --arg user "$1" --arg id "$DOTNET_USER" '{ User: $user, Cmd: ["/bin/sh"],
        Env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "APP_UID=\($id)", "ASPNETCORE_HTTP_PORTS=8080",
            "DOTNET_RUNNING_IN_CONTAINER=true"] } | if .User == "" then del(.User) else . end'
}

# finish_for_both USER TAG...: tags that stand for what was begun and for arm64. There nothing runs: a root with a user is enough to put a
# program on.
finish_for_both() {
    local config repository=$REPOSITORY root=$WORK/dotnet-arm64 layers diffs tag
    config=$(dotnet_config "$1")
    mkdir -p "$root/etc"
    echo "app:x:$DOTNET_USER:$DOTNET_USER::/home/app:/bin/sh" >"$root/etc/passwd"
    layers=$(cat "$WORK/layers") diffs=$(cat "$WORK/diffs")
    finish_image "$config" "$2-amd64"
    cp "$WORK/manifest" "$WORK/both-amd64"
    begin_image "$repository" arm64
    add_layer_of_folder "$root"
    finish_image "$config" "$2-arm64"
    cp "$WORK/manifest" "$WORK/both-arm64"
    for tag in "${@:2}"; do push_index "$repository" "$tag" amd64 "$WORK/both-amd64" arm64 "$WORK/both-arm64"; done
    # On with what was begun.
    ARCHITECTURE=amd64
    echo "$layers" >"$WORK/layers"
    echo "$diffs" >"$WORK/diffs"
}
