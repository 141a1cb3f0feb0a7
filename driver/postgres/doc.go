// Package postgres is the driver for PostgreSQL 13 and later, on native pgx
// (github.com/jackc/pgx/v5): its pool, its binary protocol and its statement
// cache.
//
//	db, err := orm.Open(ctx, postgres.URL("postgres://app@db/library"), ...)
//
// BEGIN and savepoints travel with the next statement, and the operations of one
// Session.Exec share a round trip. Behind a pooler in transaction mode use
// [Pooler]. Connections are in UTC.
package postgres
