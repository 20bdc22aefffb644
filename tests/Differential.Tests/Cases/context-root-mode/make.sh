echo a > a
chmod 700 .
