// Package graph orders nodes that depend on each other and breaks cycles at the
// cheapest place. Nodes are numbers; the package knows neither rows nor tables.
//
// Everything is deterministic: the same nodes and edges give the same order,
// ties going to the smaller number.
package graph
