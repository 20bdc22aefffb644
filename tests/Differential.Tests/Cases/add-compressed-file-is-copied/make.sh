echo text | gzip -n > file.gz
