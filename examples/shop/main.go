// Command shop is a service: products and orders over HTTP, in one of three databases. Each order
// is announced by a message of its outbox, here to the log.
//
//	go run ./examples/shop                                             # SQLite in memory
//	go run ./examples/shop -database shop.db                           # a SQLite file
//	go run ./examples/shop -database postgres://user@host:5432/shop
//	go run ./examples/shop -database mysql://user@host:3306/shop
//
//	curl -G 127.0.0.1:8080/products --data-urlencode 'where={"categories.name":"garden","cents":{"$lt":3000}}'
//	curl 127.0.0.1:8080/products/1 -X PATCH -d '{"cents":2500,"facts":{"color":"red"},"version":1}'
//	curl 127.0.0.1:8080/orders -d '{"email":"ann@example.org","name":"Ann","lines":[{"sku":"spade","quantity":2}]}'
//	curl 127.0.0.1:8080/orders/1
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/examples/internal/connect"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
	"github.com/weft-orm/weft/weftweb"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	database := flag.String("database", ":memory:", "the database: a SQLite file, postgres://... or mysql://...")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err == nil {
		err = run(ctx, listener, *database, logged)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "shop:", err)
		os.Exit(1)
	}
}

// run serves until ctx ends, and hands the messages about orders to deliver.
func run(ctx context.Context, listener net.Listener, database string, deliver outbox.Handler) error {
	connector, dialect, err := connect.To(database)
	if err != nil {
		return err
	}
	if dialect == "mongo" || dialect == "memory" {
		return fmt.Errorf("the shop has migrations for SQLite, PostgreSQL and MySQL, none for %q", dialect)
	}
	return serve(ctx, listener, connector, dialect, deliver)
}

func serve(ctx context.Context, listener net.Listener, connector driver.Connector, dialect string, deliver outbox.Handler) error {
	db, err := open(ctx, connector, dialect, orm.Logger(slog.Default(), orm.SlowQueries(200*time.Millisecond)))
	if err != nil {
		return err
	}
	if err := fill(ctx, db.Fork()); err != nil {
		return errors.Join(err, db.Close())
	}
	fmt.Printf("listening on http://%s/products\n", listener.Addr())
	s := newShop(db, deliver)
	relaying, end := context.WithCancel(context.WithoutCancel(ctx))
	relayed := make(chan error, 1)
	go func() { relayed <- s.relay.Run(relaying) }()
	server := &http.Server{Handler: s.handler(db), ReadHeaderTimeout: 5 * time.Second}
	err = weftweb.Serve(ctx, server, weftweb.ServeOptions{Listener: listener})
	end() // after the last request; what was not delivered by then is by the next run
	return errors.Join(err, <-relayed, db.Close())
}
