truncate -s 5M sparse
printf x | dd of=sparse bs=1 seek=3000000 conv=notrunc 2>/dev/null
