// Package weftgin is weftweb for gin: every request has a unit of work of its own,
// which is stored before the answer begins.
//
//	r := gin.New()
//	r.Use(weftgin.Middleware(db))
//	r.POST("/books", func(c *gin.Context) {
//		em := orm.From(c.Request.Context())
//		...
//	})
//
// It is a module of its own, so that weft itself does not depend on gin.
package weftgin
