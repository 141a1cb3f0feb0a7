// Package replica composes connectors into one: reads outside of transactions go
// to replicas; writes, transactions and locking reads go to the primary.
//
// It does not watch how far a replica lags behind. Code that must see its own
// writes uses [OnPrimary], or [Track] with Options.Sticky.
package replica
