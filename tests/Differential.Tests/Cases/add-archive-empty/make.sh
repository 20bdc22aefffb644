mkdir t; tar -C t -cf tree.tar .; rm -r t
