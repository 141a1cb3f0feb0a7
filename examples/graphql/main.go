// Command graphql serves books and authors by GraphQL. The entities are the models of gqlgen;
// resolvers load what a query asks for one by one, and each relation becomes one statement.
//
//	cd examples/graphql && go run .
//
//	curl 127.0.0.1:8080/query -H 'Content-Type: application/json' \
//	  -d '{"query":"{ books { title author { name books { title } } } }"}'
package main

//go:generate go tool gqlgen generate

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/transport"

	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/examples/graphql/graph"
	"github.com/weft-orm/weft/examples/graphql/model"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/weftweb"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err == nil {
		err = run(ctx, listener)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "graphql:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listener net.Listener) error {
	db, err := open(ctx)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s/query\n", listener.Addr())
	server := &http.Server{Handler: serve(db), ReadHeaderTimeout: 5 * time.Second}
	err = weftweb.Serve(ctx, server, weftweb.ServeOptions{Listener: listener})
	return errors.Join(err, db.Close()) // after the last request
}

// open makes a shelf in memory.
func open(ctx context.Context) (*orm.DB, error) {
	db, err := orm.Open(ctx, sqlite.Memory(), orm.Entities(model.Author{}, model.Book{}))
	if err != nil {
		return nil, err
	}
	em := db.Fork()
	for _, name := range []string{"Ann", "Bob"} {
		author := &model.Author{Name: name}
		author.Books.Add(&model.Book{Title: "Waves of " + name}, &model.Book{Title: "Winters of " + name})
		em.Persist(author)
	}
	if err := errors.Join(schema.Create(ctx, db), em.Flush(ctx)); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// serve answers queries. All resolvers of a request share one manager. It is not flushed
// (Manual), since mutations have transactions of their own and GraphQL answers errors with
// status 200.
func serve(db *orm.DB) http.Handler {
	server := handler.New(graph.NewExecutableSchema(graph.Config{Resolvers: &graph.Resolver{}}))
	server.AddTransport(transport.POST{})
	shared := weftweb.Fork(func(_ *http.Request, db *orm.DB) (*orm.EntityManager, error) {
		return db.Fork(orm.Shared(0)), nil
	})
	mux := http.NewServeMux()
	mux.Handle("/query", weftweb.Middleware(db, shared, weftweb.Manual())(server))
	return mux
}
