// Package table holds rows read from a database, and prints them in columns. It
// knows nothing of queries or entities.
package table
