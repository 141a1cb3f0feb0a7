// Package graphviz places and draws what package draw describes as a graph, by Graphviz,
// which is compiled into Go.
package graphviz
