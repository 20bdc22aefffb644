mkdir things
echo a > things/a
setfattr -n user.note -v hello things/a 2>/dev/null || python3 -c 'import os; os.setxattr("things/a", "user.note", b"hello")'
