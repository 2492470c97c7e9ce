# Completion of aws-sso-cred for bash. With the package bash-completion, for all new shells:
#   aws-sso-cred completions bash > ~/.local/share/bash-completion/completions/aws-sso-cred
# Without it, this line in ~/.bashrc:
#   eval "$(aws-sso-cred completions bash)"
_aws_sso_cred() {
    # bash also splits words at `=` and `:`. What stands together on the line is one word here.
    local line=${COMP_LINE:0:COMP_POINT} words=() part gap last
    for part in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        gap=${line%%[![:space:]]*}
        line=${line#"$gap"}
        part=${line:0:${#part}}
        line=${line:${#part}}
        last=$((${#words[@]} - 1))
        if [[ -n $gap || $last -lt 0 ]]; then words+=("$part"); else words[last]+=$part; fi
    done
    last=$((${#words[@]} - 1))
    local current=${words[last]} reply
    reply=$("${1/#\~/$HOME}" complete bash --word="$current" -- "${words[@]:1:last-1}" 2>/dev/null) || return
    COMPREPLY=()
    case ${reply%%$'\n'*} in
        command)
            local at=1
            while [[ ${COMP_WORDS[at]} != -- ]]; do ((at++)); done
            if declare -F _command_offset >/dev/null; then
                _command_offset $((at + 1))
            elif ((COMP_CWORD == at + 1)); then
                COMPREPLY=($(compgen -c -- "$current"))
            else
                compopt -o default 2>/dev/null
            fi
            return
            ;;
        files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$current")); return ;;
        directories) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$current")); return ;;
    esac
    [[ $reply == *$'\n'* ]] || return
    # bash replaces only what stands behind the last `=` or `:`.
    local breaks=${COMP_WORDBREAKS//[!=:]/} stays=0 value
    if [[ -n $breaks && $current == *["$breaks"]* && $current != [\"\']* ]]; then
        value=${current##*["$breaks"]}
        value=${current%"$value"}
        value=${value//\\/}
        stays=${#value}
    fi
    while IFS=$'\t' read -r value _; do
        value=${value:stays}
        [[ $current == [\"\']* ]] || printf -v value %q "$value"
        COMPREPLY+=("$value")
    done <<<"${reply#*$'\n'}"
}
complete -F _aws_sso_cred aws-sso-cred
