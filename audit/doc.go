// Package audit keeps who changed what: entries about the changes of each flush, made
// when its rows are written and in its transaction, so that there is neither a change
// without its entry nor an entry without its change. See docs/audit.md.
package audit
