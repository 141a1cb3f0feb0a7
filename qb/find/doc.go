// Package find makes the logical queries of a find: the read of its roots, and one
// query for each relation that is loaded apart from them.
//
//	roots, err := (&find.Find{Registry: reg, Entity: author, Where: tree, Limited: true}).Roots()
//	for each node of roots.Nodes that is not joined:
//		query, err := find.Related(reg, node)
//
// What a find reads, how its order is made total, and in which order the values of
// its statements come is decided here and nowhere else: package orm runs these
// queries, qbdebug prints them. All functions are pure; nothing is compiled to a
// dialect and nothing is sent.
package find
