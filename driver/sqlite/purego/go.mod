module github.com/weft-orm/weft/driver/sqlite/purego

go 1.26.0

require (
	github.com/ncruces/go-sqlite3 v0.37.0
	github.com/weft-orm/weft v0.0.0
)

require (
	github.com/doug-martin/goqu/v9 v9.19.0 // indirect
	github.com/gobuffalo/flect v1.0.3 // indirect
	github.com/mattn/go-sqlite3 v1.14.53 // indirect
	github.com/ncruces/go-sqlite3-wasm/v6 v6.5.35401 // indirect
	github.com/ncruces/julianday v1.0.0 // indirect
	go.uber.org/goleak v1.3.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/weft-orm/weft => ../../..
