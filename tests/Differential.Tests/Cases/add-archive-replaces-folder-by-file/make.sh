mkdir t; echo a > t/x; tar --numeric-owner --owner=0 --group=0 -C t -cf tree.tar x; rm -r t
