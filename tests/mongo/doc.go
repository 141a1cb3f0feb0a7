// Package mongo tests what MongoDB alone does, end to end: updates inside documents, links
// as arrays, transactions that meet, servers without transactions, sessions.
package mongo
