// Package migration is the group of commands weft migrate.
package migration
