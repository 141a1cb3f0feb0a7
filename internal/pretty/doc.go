// Package pretty shows statements to people: broken into lines, and highlighted
// for a terminal where the caller wants that. It has libraries for colour, which
// nothing below a program or an application's logger may compile.
package pretty
