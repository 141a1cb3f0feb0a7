// Command blog-mongo is a service on MongoDB: posts with their comments in them, and
// authors they refer to.
//
//	go run ./examples/blog-mongo                                                         # in memory
//	go run ./examples/blog-mongo -database 'mongodb://127.0.0.1:27017/blog?replicaSet=rs0'
//
//	curl 127.0.0.1:8080/posts -d '{"slug":"waves","title":"Waves","author":"Ann","tags":["sea"]}'
//	curl 127.0.0.1:8080/posts/waves/comments -d '{"by":"Bob","text":"wet","stars":5}'
//	curl -G 127.0.0.1:8080/posts --data-urlencode 'where={"comments":{"$elemMatch":{"stars":{"$gte":4}}}}'
package main

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

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/examples/blog-mongo/model"
	"github.com/weft-orm/weft/examples/internal/connect"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/weftweb"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	database := flag.String("database", "memory:", "the database: memory: or mongodb://...")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err == nil {
		err = run(ctx, listener, *database)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "blog-mongo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listener net.Listener, database string) error {
	connector, _, err := connect.To(database)
	if err != nil {
		return err
	}
	db, err := open(ctx, connector)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s/posts\n", listener.Addr())
	server := &http.Server{Handler: handler(db), ReadHeaderTimeout: 5 * time.Second}
	err = weftweb.Serve(ctx, server, weftweb.ServeOptions{Listener: listener})
	return errors.Join(err, db.Close()) // after the last request
}

// open connects and adds the collections and indexes that are missing.
func open(ctx context.Context, c driver.Connector) (*orm.DB, error) {
	db, err := orm.Open(ctx, c, orm.Entities(model.Entities()...))
	if err != nil {
		return nil, err
	}
	err = schema.Ensure(ctx, db)
	if errors.Is(err, schema.ErrNoSchema) {
		return db, nil // the engine in memory needs none
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}
