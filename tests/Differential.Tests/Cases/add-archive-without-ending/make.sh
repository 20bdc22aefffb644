mkdir t; echo one > t/one; tar -C t -czf tree .; rm -r t
