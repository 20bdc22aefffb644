mkdir t; echo a > t/f; tar --numeric-owner --owner=0 --group=0 -C t -cf a.tar f; echo b > t/f; tar --numeric-owner --owner=0 --group=0 -C t -cf b.tar f; rm -r t
