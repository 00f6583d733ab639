# elvish completion of provisioning
use str
set edit:completion:arg-completer[provisioning] = {|@words|
    var rest = $words[1..]
    (external $words[0]) __complete -- $@rest 2>/dev/null | from-lines | each {|line|
        if (or (eq $line :files) (eq $line :folders)) {
            edit:complete-filename $@words
        } else {
            var parts = [(str:split "\t" $line)]
            edit:complex-candidate $parts[0] &display=$line
        }
    }
}
set edit:completion:arg-completer[prv] = $edit:completion:arg-completer[provisioning]
