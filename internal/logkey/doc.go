// Package logkey names what is in weft's log records, for those who write them
// and those who print them. docs/logging.md promises the names to users.
package logkey
