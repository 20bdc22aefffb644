echo a > file
ln -s file link
