// Package wide is a model of three hundred entities with relations, for
// measuring what building the metadata costs.
package wide

//go:generate go run generate.go
