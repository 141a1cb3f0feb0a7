package faults_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	native "github.com/go-sql-driver/mysql"
	"go.mongodb.org/mongo-driver/v2/bson"
	mongoclient "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.uber.org/goleak"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// connections is the size of the pool behind the proxy.
const connections = 4

// world is a database that is reached through a proxy, and without it.
type world struct {
	proxy      *faultproxy.Proxy
	db, direct *orm.DB
	caps       *driver.Caps
	// commit is what the connection sends to commit.
	commit string
	// forget ends what a lost client has left open on the server, which would wait
	// for a minute before it does so itself; nil where it notices at once.
	forget func(t *testing.T)
	units  int
}

// servers are the engines with a network to fail. A missing server skips the test.
var servers = []struct {
	name, commit string
	// open returns the address of a new database's server, and what connects to it
	// there or at another address.
	open func(t *testing.T) (address string, at func(address string) driver.Connector)
	// forget ends what lost clients have left open on the server at an address.
	forget func(t *testing.T, address string)
}{
	{"postgres", "commit", openPostgres, nil},
	{"mysql", "COMMIT", openMySQL, nil},
	{"mongo", "commitTransaction", openMongo, killSessions},
}

func openPostgres(t *testing.T) (string, func(string) driver.Connector) {
	u, err := url.Parse(testdb.Postgres(t))
	ok(t, err)
	return u.Host, func(address string) driver.Connector {
		at := *u
		at.Host = address
		return postgres.URL(at.String(), postgres.MaxConns(connections))
	}
}

func openMySQL(t *testing.T) (string, func(string) driver.Connector) {
	config, err := native.ParseDSN(testdb.MySQL(t))
	ok(t, err)
	return config.Addr, func(address string) driver.Connector {
		at := config.Clone()
		at.Addr = address
		return mysql.DSN(at.FormatDSN(), mysql.MaxConns(connections))
	}
}

// openMongo connects directly: a client that asks the deployment for its members
// would go around the proxy.
func openMongo(t *testing.T) (string, func(string) driver.Connector) {
	uri, db := testdb.Mongo(t)
	u, err := url.Parse(uri)
	ok(t, err)
	return u.Host, func(address string) driver.Connector {
		at := *u
		at.Host = address
		query := at.Query()
		query.Del("replicaSet")
		query.Set("directConnection", "true")
		query.Set("serverSelectionTimeoutMS", "1000")
		at.RawQuery = query.Encode()
		return mongo.URI(at.String(), db, mongo.MaxConns(connections))
	}
}

// killSessions aborts the transactions of a MongoDB server; it does not do so when
// their connections end.
func killSessions(t *testing.T, address string) {
	client, err := mongoclient.Connect(options.Client().ApplyURI("mongodb://" + address + "/?directConnection=true"))
	ok(t, err)
	kill := bson.D{{Key: "killAllSessions", Value: bson.A{}}}
	ok(t, client.Database("admin").RunCommand(t.Context(), kill).Err())
	ok(t, client.Disconnect(t.Context()))
}

// gone tells the server that the client behind the proxy is gone for good.
func (w *world) gone(t *testing.T) {
	if w.forget != nil {
		w.forget(t)
	}
	w.proxy.Up()
}

// scenarios are what every server must survive, one after the other in one database.
var scenarios = []struct {
	name string
	run  func(t *testing.T, w *world)
}{
	{"CommitLost", testCommitLost},
	{"CommitLostInTransaction", testCommitLostInTransaction},
	{"ConnectionLostInFlush", testConnectionLostInFlush},
	{"ConnectionLostAtBegin", testConnectionLostAtBegin},
	{"ServerUnreachable", testServerUnreachable},
	{"ConnectionLostInTransaction", testConnectionLostInTransaction},
	{"NestedScopeCannotSaveALostTransaction", testNestedScopeCannotSaveALostTransaction},
	{"SlowServer", testSlowServer},
	{"DeadlineWhileDialling", testDeadlineWhileDialling},
	{"CanceledFlush", testCanceledFlush},
	{"CanceledCommit", testCanceledCommit},
	{"CanceledTransaction", testCanceledTransaction},
	{"CanceledFind", testCanceledFind},
	{"CanceledStream", testCanceledStream},
	{"PoolExhausted", testPoolExhausted},
	{"Deadlock", testDeadlock},
	{"DeadlockIsRetried", testDeadlockIsRetried},
	{"ConflictDoesNotRepeat", testConflictDoesNotRepeat},
}

// TestFaults plays the scenarios on each server, and fails when anything leaks.
func TestFaults(t *testing.T) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) {
			leaks := goleak.IgnoreCurrent()
			t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
			address, at := s.open(t)
			p := faultproxy.Start(t, address)
			w := &world{proxy: p, db: open(t, at(p.Address())), direct: open(t, at(address)), commit: s.commit}
			w.caps = w.db.Engine().Caps()
			if s.forget != nil {
				w.forget = func(t *testing.T) { s.forget(t, address) }
			}
			ok(t, create(t.Context(), w.direct))
			for _, scenario := range scenarios {
				t.Run(scenario.name, func(t *testing.T) {
					scenario.run(t, w)
					idle(t, w.db)
					idle(t, w.direct)
				})
			}
		})
	}
}

func open(t *testing.T, c driver.Connector) *orm.DB {
	t.Helper()
	db, err := orm.Open(t.Context(), c, orm.Entities(author{}, book{}, tag{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	return db
}

func create(ctx context.Context, db *orm.DB) error {
	if s, own := driver.EngineAs[driver.SchemaEnsurer](db.Engine()); own {
		return s.EnsureSchema(ctx, db.Registry(), "")
	}
	return schema.Create(ctx, db)
}

// idle expects all connections to be back in their pools, shortly.
func idle(t *testing.T, db *orm.DB) {
	t.Helper()
	var pools []driver.PoolStats
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		pools = db.PoolStats()
		used := 0
		for _, p := range pools {
			used += p.InUse
		}
		if used == 0 {
			return
		}
	}
	t.Errorf("connections are still in use: %+v", pools)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is expects an error of all these classes and none of the others.
func is(t *testing.T, err error, classes ...error) {
	t.Helper()
	for _, class := range classes {
		if !errors.Is(err, class) {
			t.Errorf("error is %v, want %q", err, class)
		}
	}
	for _, class := range []error{driver.ErrConnection, driver.ErrCommitUnknown, driver.ErrCanceled, driver.ErrDeadlock,
		driver.ErrSerialization, driver.ErrOther, orm.ErrOptimisticLock, orm.ErrUnresolved} {
		if errors.Is(err, class) && !slices.Contains(classes, class) {
			t.Errorf("error is %v, it must not be %q", err, class)
		}
	}
}
