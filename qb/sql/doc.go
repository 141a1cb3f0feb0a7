// Package sql translates logical queries of package qb into SQL for SQLite,
// PostgreSQL, MySQL and MariaDB: text and a recipe that turns the values of an
// execution into the engine's parameters.
//
// It is pure: no I/O, no clock, no values in text. Reads and bulk writes go
// through a relational tree (internal/plan). Its expressions and conditions are
// written here, clause by clause; goqu assembles the clauses of each statement
// and places the parameters, and sees placeholder numbers and validated
// identifiers only. Row-form writes have a writer of their own, because their
// text changes with the number of rows.
//
//	d := sql.Postgres()
//	st, err := d.Compile(query)           // once per shape
//	params, err := st.Bind(nil, args)     // once per execution
//
// What engines cannot do alike is data in [Dialect], never a comparison of
// names.
package sql
