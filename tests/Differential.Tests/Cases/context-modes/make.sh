mkdir things things/private things/sticky
echo a > things/private/a
echo b > things/executable
echo c > things/setuid
chmod 700 things/private
chmod 1777 things/sticky
chmod 755 things/executable
chmod 4711 things/setuid
