mkdir -p things/a/b/c empty
