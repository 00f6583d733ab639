# bash completion of provisioning
_provisioning() {
    local line quote= words=("${COMP_WORDS[@]:1:COMP_CWORD}")
    # A quote that is open stays; else what the shell would take is quoted: '"web.example.com"'.
    case ${words[-1]} in \'*) quote=\'; words[-1]=${words[-1]#\'} ;; esac
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            :files) compopt -o filenames; COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")) ;;
            :folders) compopt -o filenames; COMPREPLY+=($(compgen -d -- "${COMP_WORDS[COMP_CWORD]}")) ;;
            *)
                line=${line%%$'\t'*}
                [[ $quote ]] || printf -v line %q "$line"
                COMPREPLY+=("$line")
                ;;
        esac
    done < <("${COMP_WORDS[0]}" __complete -- "${words[@]}" 2>/dev/null)
}
complete -F _provisioning provisioning prv
