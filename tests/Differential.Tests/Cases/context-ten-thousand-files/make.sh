mkdir many
i=0
while [ $i -lt 100 ]; do
  mkdir many/$i
  (cd many/$i; seq 100 | split -l 1 -a 3 - f)
  i=$((i + 1))
done
