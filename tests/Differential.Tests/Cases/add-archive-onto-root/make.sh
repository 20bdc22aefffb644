mkdir -p t/etc t/usr/local; echo one > t/etc/one; echo two > t/usr/local/two; tar --numeric-owner --owner=0 --group=0 -C t -cf tree.tar etc usr; rm -r t
