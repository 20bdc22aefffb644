#compdef dotnet-stages
# Completion of dotnet-stages for zsh. In ~/.zshrc, below compinit:  source <(dotnet-stages completion zsh)
_dotnet_stages() {
    local -a lines candidates
    local line text kind
    lines=("${(@f)$("${words[1]}" complete -- "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" 2>/dev/null)}")
    for line in "${lines[@]}"; do
        case $line in
            :*) kind=$line ;;
            ?*)
                text=${line%%$'\t'*}
                candidates+=("${text//:/\\:}:${line#*$'\t'}")
                ;;
        esac
    done
    case $kind in
        :files) compset -P '--*='; _files ;;
        :folders) compset -P '--*='; _files -/ ;;
        *) _describe 'dotnet-stages' candidates ;;
    esac
}
if [[ $funcstack[1] == _dotnet_stages ]]; then
    _dotnet_stages "$@"
else
    compdef _dotnet_stages dotnet-stages
fi
