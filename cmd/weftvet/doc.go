// Command weftvet checks, while one types, what weft would refuse at run time:
// conditions, populate paths, orders, builders, rows and mappings.
//
//	go vet -vettool=$(which weftvet) ./...
//	weftvet ./...           the same, without the go command's cache
//	weftvet -fix ./...      and near misses are written right
//
// docs/weftvet.md lists the checks.
package main
