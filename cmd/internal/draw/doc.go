// Package draw makes pictures of graphs: entities, and the steps of a flush. Graphviz,
// compiled into Go, places what is drawn.
package draw
