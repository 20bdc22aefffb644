long=$(printf 'n%.0s' $(seq 200))
mkdir -p names/$long/$long
echo a > names/$long/$long/file
ln -s $long/$long/file names/link
