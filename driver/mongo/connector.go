package mongo

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// URI returns the connector of a deployment and the database that holds all
// collections.
func URI(uri, db string, opts ...Option) driver.Connector {
	return &connector{uri: uri, db: db, opts: opts}
}

type connector struct {
	uri, db string
	opts    []Option
}

// Limits implements driver.Limiter.
func (*connector) Limits() mapper.Limits { return caps.Limits }

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Engine, error) {
	switch {
	case c.db == "":
		return nil, connectError(ctx, errors.New("the database has no name; it is the second argument of mongo.URI"))
	case strings.ContainsAny(c.db, "\x00 /\\.\"$"):
		return nil, connectError(ctx, fmt.Errorf("%q is no name of a database", c.db))
	case slices.ContainsFunc(c.opts, func(o Option) bool { return o == nil }):
		return nil, connectError(ctx, errors.New("one of the options is nil"))
	}
	config := options.Client().ApplyURI(c.uri)
	for _, o := range c.opts {
		o(config)
	}
	if ctx.Err() != nil {
		return nil, connectError(ctx, ctx.Err()) // a client dials as soon as it is made
	}
	connections := watch(config)
	client, err := mongo.Connect(config)
	if err != nil {
		return nil, connectError(ctx, err)
	}
	e := &engine{client: client, db: client.Database(c.db), caps: caps, pool: connections, wishes: wishes{read: config.ReadConcern, write: config.WriteConcern}}
	if e.caps.Transactions, err = hasTransactions(ctx, client); err != nil {
		leave(client)
		return nil, connectError(ctx, err)
	}
	return e, nil
}

// leave disconnects a client that found nobody, and waits a second for it at most: a
// client whose monitor is just about to dial does not hear of its end before
// connectTimeoutMS (30 seconds) is over, and ends by itself then.
func leave(client *mongo.Client) {
	left := make(chan struct{})
	go func() {
		defer close(left)
		_ = client.Disconnect(context.Background())
	}()
	select {
	case <-left:
	case <-time.After(time.Second):
	}
}

// hasTransactions asks what kind of deployment it is, which also is the ping.
func hasTransactions(ctx context.Context, client *mongo.Client) (bool, error) {
	var hello struct {
		SetName string `bson:"setName"`
		Msg     string `bson:"msg"`
	}
	err := client.Database("admin").RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	return hello.SetName != "" || hello.Msg == "isdbgrid", err
}

func connectError(ctx context.Context, err error) error {
	class := driver.ErrConnection
	if cause := driver.Ended(ctx); cause != nil {
		class, err = driver.ErrCanceled, fmt.Errorf("while connecting: %w", cause)
	}
	return (&driver.Error{Class: class, Engine: caps.Name, Err: err}).At("", -1, -1)
}
