package mongo_test

import (
	"context"
	"os"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"

	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
)

// failpoint lets the next commands of a name fail, where the server has been started so
// that it can.
func (w *world) failpoint(t *testing.T, times int, data ...bson.E) {
	t.Helper()
	command := bson.D{{Key: "configureFailPoint", Value: "failCommand"}, {Key: "mode", Value: bson.D{{Key: "times", Value: times}}}, {Key: "data", Value: bson.D(data)}}
	err := w.raw.Client().Database("admin").RunCommand(t.Context(), command).Err()
	if err != nil && os.Getenv("WEFT_MONGO") != "" {
		t.Skipf("the server takes no failpoints (--setParameter enableTestCommands=1): %v", err)
	}
	ok(t, err)
}

func fails(command string, code int, labels ...string) []bson.E {
	list := bson.A{}
	for _, l := range labels {
		list = append(list, l)
	}
	return []bson.E{{Key: "failCommands", Value: bson.A{command}}, {Key: "errorCode", Value: code}, {Key: "errorLabels", Value: list}}
}

// TestLabels tells the labels of the server from the codes.
func TestLabels(t *testing.T) {
	const unknown, transient = "UnknownTransactionCommitResult", "TransientTransactionError"
	w := open(t, topic{})
	for _, c := range []struct {
		what  string
		times int
		data  []bson.E
		retry int
		runs  int
		want  error
	}{
		{"a transient error ends the transaction", 1, fails("insert", 251, transient), 0, 1, orm.ErrSerialization},
		{"and is tried again", 1, fails("insert", 251, transient), 2, 2, nil},
		{"whatever its code is", 1, fails("insert", 9999, transient), 2, 2, nil},
		{"a lost primary is transient too", 1, fails("insert", 10107, transient), 2, 2, nil},
		{"other errors are not", 1, fails("insert", 9999), 2, 1, orm.ErrOther},
		{"a commit that the server does not know is sent again", 2, fails("commitTransaction", 64, unknown), 2, 1, nil},
		{"not for ever", 20, fails("commitTransaction", 64, unknown), 2, 1, orm.ErrCommitUnknown},
		{"a commit that was aborted is tried again", 1, fails("commitTransaction", 251, transient), 2, 2, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			w.failpoint(t, c.times, c.data...)
			runs := 0
			err := w.Fork().Transactional(t.Context(), func(_ context.Context, em *orm.EntityManager) error {
				runs++
				em.Persist(&topic{Name: c.what})
				return nil
			}, orm.Retry(c.retry))
			w.failpoint(t, 0, fails("none", 1)...)
			if c.want != nil {
				is(t, err, c.want)
			} else {
				ok(t, err)
			}
			if runs != c.runs {
				t.Errorf("it ran %d times, want %d", runs, c.runs)
			}
		})
	}
}

// TestFlushMeetsATransaction lets a flush meet a transaction that holds its document, and
// ends before the flush gives up.
func TestFlushMeetsATransaction(t *testing.T) {
	w := open(t, topic{})
	em := w.Fork()
	em.Persist(&topic{ID: 1, Name: "a"})
	ok(t, em.Flush(t.Context()))
	w.failpoint(t, 3, fails("update", 112, "TransientTransactionError")...)
	one, err := orm.FindOneOrFail[topic](t.Context(), em, int64(1))
	ok(t, err)
	one.Name = "b"
	ok(t, em.Flush(t.Context()))
	same(t, "stored", w.document(t, "topics"), `{"_id":1,"name":"b"}`)
	ctx, cancel := context.WithCancel(t.Context())
	w.failpoint(t, 1000, fails("update", 112, "TransientTransactionError")...)
	one.Name = "c"
	cancel()
	if err := em.Flush(ctx); err == nil {
		t.Error("a flush whose context has ended went on")
	}
	w.failpoint(t, 0, fails("none", 1)...)
}

func TestConcerns(t *testing.T) {
	uri, name := testdb.Mongo(t)
	s := &sent{}
	db, err := orm.Open(t.Context(), mongo.URI(uri, name, s.monitor(), mongo.ReadPreference(readpref.PrimaryPreferred()),
		mongo.ReadConcern(readconcern.Local()), mongo.WriteConcern(writeconcern.W1())), orm.Entities(topic{}), orm.Naming(naming.Mongo{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	field := func(command, path string) string {
		t.Helper()
		for _, c := range s.take(command) {
			if v, err := c.LookupErr(path); err == nil {
				text, err := bson.MarshalExtJSON(v.Document(), false, false)
				ok(t, err)
				return string(text)
			}
		}
		return ""
	}
	read := func(ctx context.Context) {
		t.Helper()
		_, err := orm.Find[topic](ctx, db.Fork(), nil)
		ok(t, err)
	}
	read(t.Context())
	same(t, "read concern of the connector", field("find", "readConcern"), `{"level":"local"}`)
	read(mongo.WithReadConcern(t.Context(), readconcern.Majority()))
	same(t, "read concern of a call", field("find", "readConcern"), `{"level":"majority"}`)
	read(mongo.WithReadPreference(t.Context(), readpref.Nearest()))
	same(t, "read preference of a call", field("find", "$readPreference"), `{"mode":"nearest"}`)
	write := func(ctx context.Context, name string) {
		t.Helper()
		em := db.Fork()
		em.Persist(&topic{Name: name})
		ok(t, em.Flush(ctx))
	}
	write(t.Context(), "a")
	same(t, "write concern of the connector", field("commitTransaction", "writeConcern"), `{"w":1}`)
	write(mongo.WithWriteConcern(t.Context(), writeconcern.Majority()), "b")
	same(t, "write concern of a call", field("commitTransaction", "writeConcern"), `{"w":"majority"}`)
	write(mongo.WithReadConcern(t.Context(), readconcern.Snapshot()), "c")
	same(t, "read concern of a transaction", field("insert", "readConcern"), `{"level":"snapshot"}`)
	ok(t, db.Fork(orm.WithoutTransaction()).Flush(t.Context()))
}

// TestCausal follows the time of a context through a write and the read behind it. That a
// secondary waits for it is the server's part.
func TestCausal(t *testing.T) {
	w := open(t, topic{})
	ctx := mongo.Causal(t.Context())
	em := w.Fork()
	em.Persist(&topic{Name: "a"})
	ok(t, em.Flush(ctx))
	w.sent.take("")
	_, err := orm.Find[topic](ctx, em, nil)
	ok(t, err)
	found := w.sent.take("find")
	if len(found) != 1 {
		t.Fatalf("%d reads", len(found))
	}
	if _, err := found[0].LookupErr("readConcern", "afterClusterTime"); err != nil {
		t.Errorf("the read does not come after the write: %s", found[0])
	}
	_, err = orm.Find[topic](t.Context(), em, nil)
	ok(t, err)
	if _, err := w.sent.take("find")[0].LookupErr("readConcern", "afterClusterTime"); err == nil {
		t.Error("a read outside of the context waits")
	}
}
