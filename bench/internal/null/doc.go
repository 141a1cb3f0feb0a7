// Package null is an engine that compiles like SQLite and answers every read
// with no rows, so that what weft itself does can be measured alone.
package null
