// Package weftweb gives every HTTP request a unit of work of its own, stores it with
// the answer, and tells clients what went wrong.
//
//	mux := http.NewServeMux()
//	mux.Handle("POST /books", weftweb.HandlerFunc(addBook))
//	mux.Handle("GET /healthz", weftweb.Health(db, time.Second))
//	server := &http.Server{Addr: ":8080", Handler: weftweb.Middleware(db)(mux)}
//	err := weftweb.Serve(ctx, server, weftweb.ServeOptions{})
//
//	func addBook(w http.ResponseWriter, r *http.Request) error {
//		em := orm.From(r.Context())
//		...
//	}
//
// Middleware is plain net/http, and so fits chi and every other router of that kind.
// The modules weftweb/weftgin and weftweb/weftecho do the same for gin and echo.
//
// The package knows orm and the standard library alone.
package weftweb
