// Package root puts the groups of commands together.
package root
