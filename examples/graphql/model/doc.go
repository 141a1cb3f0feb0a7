// Package model has the entities, which are the models of the GraphQL schema too.
package model
