echo 1 > a😀b.txt; echo 2 > 😀.md; echo 3 > aé☺😀b.txt; echo 4 > x.md
