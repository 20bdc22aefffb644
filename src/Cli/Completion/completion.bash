# Completion of dotnet-stages for bash. In ~/.bashrc:  source <(dotnet-stages completion bash)
_dotnet_stages() {
    local rest=${COMP_LINE:0:COMP_POINT} words=() stripped piece i
    # Bash cuts words at '=' and ':'. What the line holds without a blank between is one word.
    for ((i = 0; i <= COMP_CWORD; i++)); do
        stripped=${rest#"${rest%%[![:blank:]]*}"}
        piece=${COMP_WORDS[i]}
        ((i < COMP_CWORD)) || piece=$stripped
        if ((i > 0)) && [[ $stripped == "$rest" ]]; then
            words[-1]+=$piece
        else
            words+=("$piece")
        fi
        rest=${stripped#"$piece"}
    done

    local current=${words[-1]} breaks=${COMP_WORDBREAKS//[^=:]/} prefix= lines=() line
    mapfile -t lines < <("${COMP_WORDS[0]}" complete -- "${words[@]:1}" 2>/dev/null)
    [[ -z $breaks ]] || prefix=${current%"${current##*[$breaks]}"}
    COMPREPLY=()
    for line in "${lines[@]}"; do
        case $line in
            :files) compopt -o default ;;
            :folders) compopt -o dirnames ;;
            :words) ;;
            *)
                line=${line%%$'\t'*}
                COMPREPLY+=("${line#"$prefix"}")
                ;;
        esac
    done
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *[=/] ]] || compopt -o nospace
}
complete -F _dotnet_stages dotnet-stages
