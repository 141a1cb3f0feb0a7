// Package outbox sends messages about what a flush has stored: they are rows written in
// the same transaction, so that either both are there or neither, and a [Relay] hands
// them on afterwards.
//
// A message is delivered at least once, and those of one key in the order in which they
// were stored, one after the other, by however many relays in however many processes.
// It works on every engine: who delivers a message has a lease on it. See docs/outbox.md.
package outbox
