mkdir -p things/folder
echo a > things/file
echo b > things/folder/b
ln -s file things/to-file
ln -s folder things/to-folder
ln -s /etc/passwd things/absolute
ln -s nowhere things/dangling
