// Package populate turns hints about what to load along with the roots into a
// load tree, with a strategy for each node.
//
//	tree, err := populate.Parse(env, populate.Options{Strategy: "balanced"},
//		populate.Hint{Path: "books.tags"}, populate.Hint{Path: "books", OrderBy: []string{"-title"}, Limit: 5})
//
// A hint is a path of relations, "*" for all relations of a row ("books.*" of a
// book), or "$infer" for what the filter walked through. The tree says what is
// loaded; which rows come back as roots is none of its business, and how a node is
// loaded is a matter of speed alone: every strategy gives the same graph.
//
// The package compiles no statements (qb does) and loads nothing (orm does). Its
// functions are pure.
package populate
