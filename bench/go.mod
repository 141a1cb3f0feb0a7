module github.com/weft-orm/weft/bench

go 1.26.0

require (
	github.com/doug-martin/goqu/v9 v9.19.0
	github.com/weft-orm/weft v0.0.0
	gorm.io/gorm v1.31.2
)

require (
	github.com/gobuffalo/flect v1.0.3 // indirect
	github.com/jinzhu/inflection v1.0.0 // indirect
	github.com/jinzhu/now v1.1.5 // indirect
	github.com/mattn/go-sqlite3 v1.14.53 // indirect
	golang.org/x/text v0.41.0 // indirect
)

replace github.com/weft-orm/weft => ../
