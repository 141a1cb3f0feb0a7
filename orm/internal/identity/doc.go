// Package identity finds the one place of an entity by its key: one row, one
// pointer, per manager. Entities of a hierarchy share their root's keys.
package identity
