mkdir t; echo x > t/tool; setcap cap_net_raw+ep t/tool; tar --xattrs --xattrs-include='*' --numeric-owner --owner=0 --group=0 -C t -cf tree.tar tool; rm -r t
