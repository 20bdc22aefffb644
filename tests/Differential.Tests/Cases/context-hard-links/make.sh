mkdir things
echo a > things/one
ln things/one things/two
