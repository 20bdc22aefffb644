mkdir t; echo a > t/a; tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 -C t -cf tree.tar a; rm -r t
