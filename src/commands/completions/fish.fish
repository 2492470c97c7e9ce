# Completion of aws-sso-cred for fish. For all new shells:
#   aws-sso-cred completions fish > ~/.config/fish/completions/aws-sso-cred.fish
function __aws_sso_cred_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~' $HOME -- $words[1])
    # A name that is no program may be that of a function or an alias.
    command -q -- $program; or set program aws-sso-cred
    command -q $program; or return
    set -l lines (command $program complete fish --word="$current" -- $words[2..-1] 2>/dev/null)
    switch "$lines[1]"
        case command
            set -l at (contains -i -- -- $words)
            set -l rest $words[(math $at + 1)..-1]
            complete -C (string join ' ' -- (string escape -- $rest) "$current")
        case files
            __fish_complete_path "$current"
        case directories
            __fish_complete_directories "$current"
        case values
            string join \n -- $lines[2..-1]
    end
end
complete -c aws-sso-cred -f -a '(__aws_sso_cred_complete)'
