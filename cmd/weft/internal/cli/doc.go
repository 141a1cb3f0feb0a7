// Package cli is the command line of weft.
package cli
