//go:build !linux

package main

// fakeMasters are of Linux alone, as is what lastwake proc does.
var fakeMasters map[string]func()
