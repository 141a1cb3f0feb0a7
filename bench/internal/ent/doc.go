// Package ent is the code ent generates from the schema beside it.
package ent

//go:generate go run entgo.io/ent/cmd/ent generate ./schema
