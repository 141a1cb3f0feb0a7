// Command tenants serves several tenants from one database, and none of them sees what
// is another's: notes lie in a schema for each tenant, notices in a table they share.
//
//	go run ./examples/tenants                                               # a SQLite file for each tenant
//	go run ./examples/tenants -database postgres://app@host:5432/tenants    # schemas, and row level security
//	go run ./examples/tenants -database mysql://app@host:3306/tenants       # a database for each tenant
//
//	curl 127.0.0.1:8080/notes -H 'Tenant: acme' -d '{"text":"ours"}'
//	curl 127.0.0.1:8080/notes -H 'Tenant: zenith'
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
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/examples/internal/connect"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/weftweb"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "where to listen")
	database := flag.String("database", "", "the database: postgres://... or mysql://...; else SQLite files in a temporary folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *addr)
	if err == nil {
		err = run(ctx, listener, *database)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tenants:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, listener net.Listener, database string) error {
	folder := ""
	if database == "" {
		var err error
		if folder, err = os.MkdirTemp("", "weft-tenants-"); err != nil {
			return err
		}
		defer os.RemoveAll(folder)
	}
	connector, err := connector(database, folder)
	if err != nil {
		return err
	}
	db, err := open(ctx, connector)
	if err != nil {
		return err
	}
	fmt.Printf("listening on http://%s/notes\n", listener.Addr())
	server := &http.Server{Handler: handler(db), ReadHeaderTimeout: 5 * time.Second}
	err = weftweb.Serve(ctx, server, weftweb.ServeOptions{Listener: listener})
	return errors.Join(err, db.Close()) // after the last request
}

// connector makes the connector of a server, or of files in a folder.
func connector(database, folder string) (driver.Connector, error) {
	switch {
	case database == "":
		options := make([]sqlite.Option, len(tenants))
		for i, name := range tenants {
			options[i] = sqlite.Attach(name, filepath.Join(folder, name+".db"))
		}
		return sqlite.File(filepath.Join(folder, "shared.db"), options...), nil
	case strings.HasPrefix(database, "postgres"):
		return postgres.URL(database), nil
	}
	c, _, err := connect.To(database)
	return c, err
}

// open connects and adds the tables that are missing, with their policies where there can be some.
func open(ctx context.Context, c driver.Connector) (*orm.DB, error) {
	db, err := orm.Open(ctx, c, orm.Entities(entities()...), byTenant())
	if err != nil {
		return nil, err
	}
	for _, name := range tenants {
		options := []schema.Option{schema.InSchema(name)}
		if !walled(db) {
			options = append(options, schema.WithoutPolicies())
		}
		if err = schema.Ensure(ctx, db, options...); err != nil {
			return nil, errors.Join(err, db.Close())
		}
	}
	return db, nil
}
