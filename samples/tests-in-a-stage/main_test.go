package main

import "testing"

func TestGreeting(t *testing.T) {
	if got := greeting("world"); got != "Hello, world!" {
		t.Errorf("greeting is %q", got)
	}
}
