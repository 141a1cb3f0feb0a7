package mongo_test

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
)

// through opens a database of a standalone server by way of a proxy, and without it.
func through(t *testing.T, entities ...any) (w, direct *world, p *faultproxy.Proxy) {
	t.Helper()
	uri, name := testdb.StandaloneMongo(t)
	direct = openAt(t, uri, name, entities...)
	u, err := url.Parse(uri)
	ok(t, err)
	p = faultproxy.Start(t, u.Host)
	u.Host, u.RawQuery = p.Address(), "directConnection=true&serverSelectionTimeoutMS=1000"
	return openAt(t, u.String(), name, entities...), direct, p
}

// account is what a failed flush has left behind, as text.
func account(t *testing.T, err error) (written, unsure string) {
	t.Helper()
	partial, ok := errors.AsType[*orm.PartialFlushError](err)
	if !ok {
		return "", ""
	}
	return fmt.Sprint(partial.Written), fmt.Sprint(partial.Unsure)
}

// library is a unit with updates, inserts, links and a delete.
func library(t *testing.T, w *world) *orm.EntityManager {
	t.Helper()
	em := w.Fork()
	for i := range 3 {
		em.Persist(&post{ID: int64(i + 1), Title: "old"}, &topic{ID: int64(i + 1), Name: "old"})
	}
	ok(t, em.Flush(t.Context()))
	em = w.Fork()
	posts, err := orm.Find[post](t.Context(), em, nil, orm.OrderBy("id"), orm.Populate("topics"))
	ok(t, err)
	topics, err := orm.Find[topic](t.Context(), em, nil, orm.OrderBy("id"))
	ok(t, err)
	posts[0].Title, posts[1].Title = "new", "newer"
	em.Persist(&post{ID: 4, Title: "made"}, &post{ID: 5, Title: "made too"})
	posts[0].Topics.Add(topics[1])
	em.Remove(topics[2])
	return em
}

// stored is what the library holds.
func (w *world) stored(t *testing.T) string {
	t.Helper()
	var lines []string
	for _, name := range []string{"posts", "topics"} {
		cursor, err := w.raw.Collection(name).Find(t.Context(), bson.D{})
		ok(t, err)
		var docs []bson.D
		ok(t, cursor.All(t.Context(), &docs))
		for _, d := range docs {
			text, err := bson.MarshalExtJSON(d, false, false)
			ok(t, err)
			lines = append(lines, string(text))
		}
	}
	return strings.Join(lines, "\n")
}

// TestAccountOfACutFlush cuts the connection at each command of a flush, before the server
// has it and before its answer arrives: what the error tells is what is there.
func TestAccountOfACutFlush(t *testing.T) {
	for _, c := range []struct {
		trigger string
		fault   faultproxy.Fault
		written string
	}{
		{"newer", faultproxy.Before, "[]"},
		{"newer", faultproxy.After, "[update post 1 update post 2]"},
		{"made too", faultproxy.Before, "[update post 1 update post 2]"},
		{"made too", faultproxy.After, "[update post 1 update post 2 insert post 4 insert post 5]"},
		{"addToSet", faultproxy.Before, "[update post 1 update post 2 insert post 4 insert post 5 unlink topic 3.post.topics]"},
	} {
		t.Run(fmt.Sprintf("%s %d", c.trigger, c.fault), func(t *testing.T) {
			w, direct, p := through(t, post{}, topic{})
			em := library(t, w)
			before := direct.stored(t)
			fired := p.On(c.trigger, c.fault)
			err := em.Flush(t.Context())
			<-fired
			is(t, err, driver.ErrConnection)
			written, unsure := account(t, err)
			if c.written == "[]" {
				c.written = ""
				same(t, "stored", direct.stored(t), before)
			} else {
				same(t, "unsure", unsure, "[]")
			}
			same(t, "written", written, c.written)

		})
	}
}

// TestAccountOfALostServer loses the server for good: what it was sent last is unsure.
func TestAccountOfALostServer(t *testing.T) {
	w, _, p := through(t, post{}, topic{})
	em := library(t, w)
	p.On("made too", faultproxy.Gone)
	written, unsure := account(t, em.Flush(t.Context()))
	same(t, "written", written, "[update post 1 update post 2]")
	same(t, "unsure", unsure, "[insert post 4 insert post 5]")
}

// TestAccountInTheMiddle ends the connection in the middle of a command.
func TestAccountInTheMiddle(t *testing.T) {
	if os.Getenv("WEFT_MONGO_STANDALONE") != "" {
		t.Skip("a server does not stop in the middle of a command at will")
	}
	w, direct, _ := through(t, post{}, topic{})
	em := w.Fork()
	for i := range 10 {
		em.Persist(&topic{ID: int64(i + 1), Name: "n"})
	}
	direct.failpoint(t, 1, bson.E{Key: "failCommands", Value: bson.A{"insert"}}, bson.E{Key: "closeAfterStatements", Value: 4})
	written, unsure := account(t, em.Flush(t.Context()))
	same(t, "written", written, "[insert topic 1 insert topic 2 insert topic 3 insert topic 4]")
	same(t, "unsure", unsure, "[]")
}

// TestAccountOfARefusedRow lets the server refuse a row in the middle of a flush.
func TestAccountOfARefusedRow(t *testing.T) {
	w, direct, _ := through(t, post{}, topic{})
	em := library(t, w)
	_, err := direct.raw.Collection("posts").InsertOne(t.Context(), bson.D{{Key: "_id", Value: int64(5)}}, options.InsertOne().SetBypassDocumentValidation(true))
	ok(t, err)
	err = em.Flush(t.Context())
	is(t, err, orm.ErrUniqueViolation)
	written, unsure := account(t, err)
	same(t, "written", written, "[update post 1 update post 2 insert post 4]")
	same(t, "unsure", unsure, "[]")
}
