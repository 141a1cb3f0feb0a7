// Package start is the command weft init: a small, running project from nothing.
package start
