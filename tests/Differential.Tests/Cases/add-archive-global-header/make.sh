mkdir t; echo a > t/f; tar -H pax --pax-option=uid=1234,gid=77 --numeric-owner --owner=5 --group=6 -C t -cf a.tar f; rm -r t
