# Completion of aws-sso-cred for bash. With the package bash-completion, for all new shells:
#   aws-sso-cred completions bash > ~/.local/share/bash-completion/completions/aws-sso-cred
# Without it, this line in ~/.bashrc:
#   eval "$(aws-sso-cred completions bash)"
_aws_sso_cred() {
    local IFS=$' \t\n' program=${1/#\~/"$HOME"} line=${COMP_LINE:0:COMP_POINT}
    # A name that is no program may be that of a function or an alias.
    type -P -- "$program" >/dev/null || program=aws-sso-cred
    # bash also splits words at `=`, `:` and `@`. What stands together on the line is one word here.
    local words=() part gap last
    for part in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        gap=${line%%[![:space:]]*}
        line=${line#"$gap"}
        part=${line:0:${#part}}
        line=${line:${#part}}
        last=$((${#words[@]} - 1))
        if [[ -n $gap || $last -lt 0 ]]; then words+=("$part"); else words[last]+=$part; fi
    done
    COMPREPLY=()
    last=$((${#words[@]} - 1))
    ((last > 0)) || return 0
    local current=${words[last]} reply
    reply=$("$program" complete bash --word="$current" -- "${words[@]:1:last-1}" 2>/dev/null) || return 0
    # bash replaces what stands behind an open quote, else behind the last character that splits words.
    local breaks=${COMP_WORDBREAKS-=:@} plain= quote= split=0 stays=0 letter value at
    breaks=${breaks//[[:space:]\"\']/}
    for ((at = 0; at < ${#current}; at++)); do
        letter=${current:at:1}
        case $quote$letter in
            \\ | \"\\) plain+=${current:at+1:1} at=$((at + 1)) ;;
            \'\' | \"\") quote='' stays=$split ;;
            \' | \") quote=$letter stays=${#plain} ;;
            *)
                plain+=$letter
                if [[ -z $quote && $breaks == *"$letter"* ]]; then
                    # An `@` is replaced too.
                    split=${#plain}
                    if [[ $letter == @ ]]; then split=$((split - 1)); fi
                    stays=$split
                fi
                ;;
        esac
    done
    local kind=${reply%%$'\n'*}
    if [[ $kind == command ]]; then
        at=1
        while ((at < COMP_CWORD)) && [[ ${COMP_WORDS[at]//[\"\'\\]/} != -- ]]; do at=$((at + 1)); done
        if declare -F _command_offset >/dev/null; then
            _command_offset "$((at + 1))"
            return 0
        fi
        if ((COMP_CWORD > at + 1)); then kind=files; fi
    fi
    # bash 3 has no `compopt`.
    case $kind in
        values) ;;
        command) reply=values$'\n'$(compgen -c -- "$plain") || return 0 ;;
        files)
            compopt -o default 2>/dev/null && return 0
            reply=values$'\n'$(compgen -f -- "${plain:stays}") stays=0 || return 0
            ;;
        directories)
            compopt -o dirnames 2>/dev/null && return 0
            reply=values$'\n'$(compgen -d -- "${plain:stays}") stays=0 || return 0
            ;;
        *) return 0 ;;
    esac
    [[ $reply == *$'\n'* ]] || return 0
    # Quoted for the place where it is put, so that the shell never runs a part of a name.
    while IFS=$'\t' read -r value _; do
        value=${value:stays}
        case $quote in
            \') value=${value//\'/\'\\\'\'} ;;
            \")
                value=${value//\\/\\\\}
                value=${value//\"/\\\"}
                value=${value//\$/\\\$}
                value=${value//\`/\\\`}
                value=${value//\!/\"\'!\'\"}
                ;;
            *) printf -v value %q "$value" ;;
        esac
        COMPREPLY+=("$value")
    done <<<"${reply#*$'\n'}"
}
complete -F _aws_sso_cred aws-sso-cred
