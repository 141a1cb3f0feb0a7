// Package console prints what the examples do: titles, statements and small
// tables, coloured when the output is a terminal.
package console
