package mongo_test

import (
	"context"
	"errors"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	driverv2 "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/qb"
)

var transaction = driver.SessionOptions{Transaction: true}

func TestCommitAndRollback(t *testing.T) {
	b := newBench(t)
	s := b.session(transaction)
	if err := s.Exec(t.Context(), []*driver.Op{b.insert("Tag", "id name", []any{int64(1), "a"})}); err != nil {
		t.Fatal(err)
	}
	equal(t, "inside", b.rowsIn(s, b.find("Tag", "name", nil)), "a")
	equal(t, "outside", b.rows(b.find("Tag", "name", nil)))
	if err := s.End(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	equal(t, "committed", b.rows(b.find("Tag", "name", nil)), "a")

	s = b.session(transaction)
	if err := s.Exec(t.Context(), []*driver.Op{b.insert("Tag", "id name", []any{int64(2), "b"})}); err != nil {
		t.Fatal(err)
	}
	if err := s.End(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	equal(t, "rolled back", b.rows(b.find("Tag", "name", nil)), "a")
}

func TestSessionWithoutStatements(t *testing.T) {
	s := newBench(t).session(transaction)
	for range 2 {
		if err := s.End(t.Context(), true); err != nil {
			t.Errorf("End: %v", err)
		}
	}
}

func TestUniqueViolation(t *testing.T) {
	b := newLibrary(t)
	s := b.session(transaction)
	err := s.Exec(t.Context(), []*driver.Op{
		b.insert("Tag", "id name", []any{int64(8), "new"}),
		b.insert("Tag", "id name", []any{int64(9), "newer"}, []any{int64(10), "crime"}),
	})
	var e *driver.Error
	if !errors.As(err, &e) || !errors.Is(err, driver.ErrUniqueViolation) {
		t.Fatalf("error is %v", err)
	}
	if e.Op != 1 || e.Row != 1 || e.Code != "11000" || e.Table != "tags" || len(e.Columns) != 1 || e.Columns[0] != "name" {
		t.Errorf("op %d row %d code %s table %s columns %v", e.Op, e.Row, e.Code, e.Table, e.Columns)
	}
	if _, err := b.tryRows(s, b.find("Tag", "name", nil)); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("a query after the failure: %v", err)
	}
	if err := s.End(t.Context(), true); !errors.Is(err, driver.ErrDoomed) {
		t.Errorf("commit after the failure: %v", err)
	}
	equal(t, "nothing was kept", b.rows(b.find("Tag", "id", nil, "id")), "1", "2", "3")
}

func TestUniqueKey(t *testing.T) {
	b := newLibrary(t)
	err := b.session(driver.SessionOptions{}).Exec(t.Context(), []*driver.Op{b.insert("Tag", "id name", []any{int64(1), "x"})})
	var e *driver.Error
	if !errors.As(err, &e) || e.Class != driver.ErrUniqueViolation || len(e.Columns) != 1 || e.Columns[0] != "id" {
		t.Errorf("error is %#v", err)
	}
}

func TestNullsAreNotDuplicates(t *testing.T) {
	b := newLibrary(t)
	equal(t, "two books without isbn", b.rows(b.find("Book", "id", M{"isbn": nil}, "id")), "12", "13")
}

func TestWriteConflict(t *testing.T) {
	b := newLibrary(t)
	tag := entity("Tag")
	rename := func(name string) []*driver.Op {
		return []*driver.Op{b.op(&qb.Write{Kind: qb.Update, Entity: tag, Set: columns(tag, "name"), Match: columns(tag, "id")}, []any{name, int64(1)})}
	}
	first, second := b.session(transaction), b.session(transaction)
	if err := first.Exec(t.Context(), rename("x")); err != nil {
		t.Fatal(err)
	}
	err := second.Exec(t.Context(), rename("y"))
	if !errors.Is(err, driver.ErrSerialization) {
		t.Errorf("the second writer got %v", err)
	}
	if err := first.End(t.Context(), true); err != nil {
		t.Errorf("the first writer got %v", err)
	}
	equal(t, "the first one wins", b.rows(b.find("Tag", "name", M{"id": 1})), "x")
}

func TestIsolationAndReadOnly(t *testing.T) {
	b := newBench(t)
	if _, err := b.engine.Session(t.Context(), driver.SessionOptions{Transaction: true, Isolation: driver.Serializable}); !errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("serializable: %v", err)
	}
	s := b.session(driver.SessionOptions{Transaction: true, ReadOnly: true})
	if err := s.Exec(t.Context(), []*driver.Op{b.insert("Tag", "id name", []any{int64(1), "a"})}); !errors.Is(err, driver.ErrReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}

func TestUnsupportedIsTyped(t *testing.T) {
	b := newBench(t)
	q := b.find("Author", "id", nil)
	q.Lock.Mode = qb.LockUpdate
	if _, err := b.engine.Compile(&q.Select); !errors.Is(err, driver.ErrUnsupported) {
		t.Errorf("lock: %v", err)
	}
}

func TestCanceled(t *testing.T) {
	b := newLibrary(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := b.engine.Compile(&b.find("Tag", "id", nil).Select)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.session(driver.SessionOptions{}).Query(ctx, p, nil); !errors.Is(err, driver.ErrCanceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("error is %v", err)
	}
}

func TestCannotConnect(t *testing.T) {
	_, err := mongo.URI("mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50", "x").Connect(t.Context())
	if !errors.Is(err, driver.ErrConnection) {
		t.Errorf("error is %v", err)
	}
}

// failNext makes the next commands of a name fail on the server.
func failNext(t *testing.T, uri string, data bson.D) {
	t.Helper()
	client, err := driverv2.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(t.Context()) }()
	command := bson.D{
		{Key: "configureFailPoint", Value: "failCommand"},
		{Key: "mode", Value: bson.D{{Key: "times", Value: 2}}},
		{Key: "data", Value: data},
	}
	if err := client.Database("admin").RunCommand(t.Context(), command).Err(); err != nil {
		t.Skipf("the server has no fail points: %v", err)
	}
}

func TestCommitUnknown(t *testing.T) {
	uri, db := testdb.Mongo(t)
	engine, err := mongo.URI(uri, db).Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = engine.Close() }()
	b := &bench{t, engine}
	s := b.session(transaction)
	if err := s.Exec(t.Context(), []*driver.Op{b.insert("Tag", "id name", []any{int64(1), "a"})}); err != nil {
		t.Fatal(err)
	}
	// The driver itself tries a commit twice.
	failNext(t, uri, bson.D{{Key: "failCommands", Value: bson.A{"commitTransaction"}}, {Key: "closeConnection", Value: true}})
	if err := s.End(t.Context(), true); !errors.Is(err, driver.ErrCommitUnknown) {
		t.Errorf("error is %v", err)
	}
}
