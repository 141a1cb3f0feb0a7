// Package lite is the engine of SQLite, whichever Go package speaks to it: files and databases in
// memory, pools of readers and a writer, waiting for locks, classes of errors.
package lite
