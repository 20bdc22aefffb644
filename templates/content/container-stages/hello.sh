#!/bin/sh
echo "Hello from stages-1"
