// Package constraint derives from the metadata what a database insists on:
// which values must be unique and which rows must exist before others. The model
// is built once per registry and immutable.
//
// An edge between two operations of a flush may exist only because a rule of
// this model asks for it.
package constraint
