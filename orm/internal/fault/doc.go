// Package fault holds the errors that users of orm meet: its classes and their
// instances. It stands below all rooms of orm, so that each can tell its mistakes
// itself; orm gives the names to users.
package fault
