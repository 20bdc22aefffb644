mkdir t; echo in > t/in; tar --numeric-owner --owner=0 --group=0 -C t -cf tree.tar in; rm -r t
