package mongo_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	client "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/naming"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
)

// sent are the commands that a client has sent.
type sent struct {
	mu   sync.Mutex
	list []bson.Raw
}

// monitor makes the client note its commands.
func (s *sent) monitor() mongo.Option {
	return mongo.Configure(func(o *options.ClientOptions) {
		o.SetMonitor(&event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.list = append(s.list, append(bson.Raw(nil), e.Command...))
		}})
	})
}

// take returns the commands of a name since the last call, and forgets all.
func (s *sent) take(name string) []bson.Raw {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []bson.Raw
	for _, c := range s.list {
		if e, err := c.IndexErr(0); err == nil && e.Key() == name {
			out = append(out, c)
		}
	}
	s.list = nil
	return out
}

// updates returns the updates sent since the last call, "filter -> update" each.
func (s *sent) updates(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, c := range s.take("update") {
		values, err := c.Lookup("updates").Array().Values()
		ok(t, err)
		for _, v := range values {
			lines = append(lines, relaxed(t, v.Document().Lookup("q"))+" -> "+relaxed(t, v.Document().Lookup("u")))
		}
	}
	return strings.Join(lines, "\n")
}

func relaxed(t *testing.T, v bson.RawValue) string {
	t.Helper()
	text, err := bson.MarshalExtJSON(v.Document(), false, false)
	ok(t, err)
	return string(text)
}

// world is a database with what its client sends.
type world struct {
	*orm.DB
	sent *sent
	raw  *client.Database
}

// open makes a database on the deployment with transactions.
func open(t *testing.T, entities ...any) *world {
	t.Helper()
	uri, name := testdb.Mongo(t)
	return openAt(t, uri, name, entities...)
}

func openAt(t *testing.T, uri, name string, entities ...any) *world {
	t.Helper()
	w := &world{sent: &sent{}}
	var err error
	w.DB, err = orm.Open(t.Context(), mongo.URI(uri, name, w.sent.monitor()), orm.Entities(entities...), orm.Naming(naming.Mongo{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, w.Close()) })
	ok(t, schema.Create(t.Context(), w.DB))
	w.raw, err = orm.NativeClient[*client.Database](w.Fork())
	ok(t, err)
	w.sent.take("")
	return w
}

// document returns the only document of a collection as text.
func (w *world) document(t *testing.T, collection string) string {
	t.Helper()
	raw, err := w.raw.Collection(collection).FindOne(t.Context(), bson.D{}).Raw()
	ok(t, err)
	text, err := bson.MarshalExtJSON(raw, false, false)
	ok(t, err)
	return string(text)
}

// fataler is a test, of rapid or not.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

func ok(t fataler, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same(t testing.TB, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func is(t testing.TB, err, class error) {
	t.Helper()
	if !errors.Is(err, class) {
		t.Errorf("error is %v, want %q", err, class)
	}
}
