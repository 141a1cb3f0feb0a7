// Package weftecho is weftweb for echo: every request has a unit of work of its own,
// which is stored before the answer begins.
//
//	e := echo.New()
//	e.Use(weftecho.Middleware(db))
//	e.POST("/books", func(c echo.Context) error {
//		em := orm.From(c.Request().Context())
//		...
//	})
//
// echo.WrapMiddleware(weftweb.Middleware(db)) would not do: echo answers an error after
// the middleware has returned, when the unit of work is stored already.
//
// It is a module of its own, so that weft itself does not depend on echo.
package weftecho
