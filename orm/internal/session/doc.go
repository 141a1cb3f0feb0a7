// Package session is how orm talks to an engine: it opens sessions, for one operation
// or for a transaction with its savepoints, counts what is sent and holds budgets
// against it, writes records of it, keeps compiled programs, and notes the rows that a
// transaction contends for.
//
// It knows programs, not what they are about: no entities, no unit of work. What is
// logged, and how values are shown, is told by a [Log] and by programs that are
// [Described].
package session
