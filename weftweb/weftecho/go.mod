module github.com/weft-orm/weft/weftweb/weftecho

go 1.26.0

require (
	github.com/labstack/echo/v4 v4.15.4
	github.com/weft-orm/weft v0.0.0
)

require (
	github.com/brianvoe/gofakeit/v7 v7.18.3 // indirect
	github.com/gobuffalo/flect v1.0.3 // indirect
	github.com/labstack/gommon v0.5.0 // indirect
	github.com/mattn/go-colorable v0.1.15 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	github.com/valyala/fasttemplate v1.2.2 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/text v0.43.0 // indirect
)

replace github.com/weft-orm/weft => ../../
