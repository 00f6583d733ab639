# ask.zsh FOLDER TEXT: what a zsh shows after TEXT and a tab. FOLDER has the script _provisioning.
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "cd $1; PS1='> '; autoload -U compinit && compinit -u -D; source ./_provisioning; setopt no_list_beep no_auto_menu; print set''up"
while zpty -r shell line; do [[ $line == *setup* ]] && break; done
zpty -n -w shell "$2"$'\t\t'
sleep 1   # a terminal does not say when it has been drawn
zpty -n -w shell $'\x03'
zpty -w shell " print do''ne"
while zpty -r shell line; do
  [[ $line == *done* ]] && break
  print -r -- "$line"
done
zpty -d shell
