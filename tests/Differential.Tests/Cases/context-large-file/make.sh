seq 1000000 > large
