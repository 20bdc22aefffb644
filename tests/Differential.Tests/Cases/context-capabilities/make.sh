mkdir things
cp /bin/true things/able
setcap cap_net_raw+ep things/able 2>/dev/null || setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 things/able
