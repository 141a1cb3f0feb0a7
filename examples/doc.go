// Package examples holds runnable programs, one per folder: library shows
// conditions, populate and a flush on data it makes itself; shop, blog-mongo and tenants are
// services; chinook maps an existing database; graphql serves
// its entities by gqlgen; web makes a unit of work per request by hand. Nothing imports them.
package examples
