mkdir names
cd names
for n in 'with space' 'ünï-çødé' '日本語' '😀' 'a"quote' "a'quote" 'back\slash' '$dollar' 'tab	tab' '-dash' '#hash' '~tilde' '[bracket]'; do echo "$n" > "./$n"; done
