#compdef aws-sso-cred
# Completion of aws-sso-cred for zsh. For all new shells, with a directory of your $fpath:
#   aws-sso-cred completions zsh > ~/.zfunc/_aws-sso-cred
# or this line in ~/.zshrc, behind compinit:
#   eval "$(aws-sso-cred completions zsh)"
_aws-sso-cred() {
    local program=${${(Q)words[1]}/#\~/$HOME} line value
    local -a before lines values
    # A name that is no program may be that of a function or an alias.
    whence -p -- $program >/dev/null || program=aws-sso-cred
    (( CURRENT > 2 )) && before=("${(@Q)words[2,CURRENT-1]}")
    lines=("${(@f)$("$program" complete zsh --word="${(Q)PREFIX}" -- "${before[@]}" 2>/dev/null)}")
    case $lines[1] in
        command)
            local at=$(( ${before[(i)--]} + 1 ))
            shift $at words
            (( CURRENT -= at ))
            _normal
            return
            ;;
        files) compset -P '--[^=]#='; _files; return ;;
        directories) compset -P '--[^=]#='; _files -/; return ;;
    esac
    for line in "${(@)lines[2,-1]}"; do
        value=${line%%$'\t'*}
        value=${value//\\/\\\\}
        values+=("${value//:/\\:}:${line#*$'\t'}")
    done
    (( $#values )) && _describe -V 'aws-sso-cred' values
}
if [[ $funcstack[1] == _aws-sso-cred ]]; then
    _aws-sso-cred "$@"
else
    compdef _aws-sso-cred aws-sso-cred
fi
