mkdir things
echo a > things/a
chown -R 77:88 things
