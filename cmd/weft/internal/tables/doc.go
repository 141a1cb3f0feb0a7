// Package tables is the group of commands weft schema.
package tables
