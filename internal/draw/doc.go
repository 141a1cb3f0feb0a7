// Package draw makes pictures: charts of bars, and graphs in the language of Graphviz, whose
// placing is left to package draw/graphviz.
package draw
