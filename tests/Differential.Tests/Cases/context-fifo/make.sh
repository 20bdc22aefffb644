mkdir things
mkfifo things/pipe
