package qb

import "github.com/weft-orm/weft/conditions"

// Text is a statement in the engine's own language, written by a user, with places for
// values. Engines without a language refuse it. The rows of one that reads have the
// columns the database gives them: they implement driver.NamedRows. It is immutable
// once handed to a compiler.
type Text struct {
	// Pieces are the text cut at its placeholders: one more than Uses.
	Pieces []string
	// Uses are the slots of the values, placeholder by placeholder; a slot may be used
	// several times. Values have no type: the Go form says what they are.
	Uses []conditions.Slot
	// Mutates reports a statement that may write, run by Session.Exec or, where its rows
	// are wanted, by Session.Query.
	Mutates bool
	// Spread reports a read that a replica may answer.
	Spread bool
	// Redacted tells, by slot, which values stay out of logs.
	Redacted []bool
}

func (*Text) query() {}
