// Package entities is the domain of the library example. Of weft it needs
// nothing but the two types that stand for relations.
package entities
