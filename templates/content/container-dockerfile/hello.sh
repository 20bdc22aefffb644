#!/bin/sh
echo "Hello from dockerfile-1"
