// Package graph has the schema, what gqlgen makes of it, and the resolvers.
package graph
