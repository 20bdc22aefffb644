mkdir t; echo a > t/a; tar --numeric-owner --owner=0 --group=0 -C t -cf a.tar a; echo b > t/b; tar --numeric-owner --owner=0 --group=0 -C t -cf b.tar b; rm -r t
