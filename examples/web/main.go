// Command web serves a small library over HTTP, one unit of work per request.
//
//	go run ./examples/web [-addr 127.0.0.1:8080] [-file library.db]
//
//	curl -d '{"title":"Winter","isbn":"9780000000001","author":"Jon","tags":["fantasy"]}' 127.0.0.1:8080/books
//	curl '127.0.0.1:8080/books?tag=fan%25'
//	curl -X PATCH -d '{"title":"Winter is over"}' 127.0.0.1:8080/books/1
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/examples/library/entities"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the address to listen on")
	file := flag.String("file", ":memory:", "the SQLite file; created when it does not exist")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, sqlite.File(*file)); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, addr string, connector driver.Connector) (err error) {
	db, err := open(ctx, connector)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	server := &http.Server{Addr: addr, Handler: handler(db), ReadHeaderTimeout: 5 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- server.Shutdown(grace)
	}()
	fmt.Println("listening on http://" + addr + "/books")
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

// open connects and adds the tables that are missing.
func open(ctx context.Context, connector driver.Connector) (*orm.DB, error) {
	db, err := orm.Open(ctx, connector, orm.Entities(entities.Author{}, entities.Book{}, entities.Publisher{}, entities.Tag{}))
	if err != nil {
		return nil, err
	}
	if err := schema.Ensure(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
