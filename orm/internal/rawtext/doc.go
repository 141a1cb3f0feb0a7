// Package rawtext reads SQL written by users: it finds the placeholders outside of
// quotes and comments, so that values can be bound on every dialect. It knows the
// lexical rules of the dialects and nothing of their grammar, and does no I/O.
package rawtext
