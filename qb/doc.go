// Package qb holds the logical query, the form in which reads and writes reach
// an engine ([Select], [Write]), and the fluent [Builder] that makes one by hand.
//
//	q := qb.New(registry, "Author", "a").
//		Where(qb.M{"books.title:like": "W%", "age >=": 18}).
//		OrderBy("name", "-id").
//		Limit(20)
//	text, args, err := q.ToSQL(sql.Postgres())
//
// A logical query names entities, properties and slots for values; it knows
// neither tables nor joins nor any database. Packages qb/sql and qb/mongo
// translate it. This package does no I/O.
package qb
