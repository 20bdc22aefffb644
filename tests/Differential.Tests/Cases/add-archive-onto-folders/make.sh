mkdir -p t/listed/in t/implied t/new; for f in listed/in implied new; do echo x > t/$f/f; done; chmod 750 t/listed; chmod 705 t
tar --numeric-owner --owner=7 --group=8 -C t --no-recursion -cf a.tar . listed listed/in/f implied/f new/f; rm -r t
