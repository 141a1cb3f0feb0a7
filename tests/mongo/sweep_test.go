package mongo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/internal/faultproxy"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// shelf goes with its room, and cup keeps its shelf.
type shelf struct {
	ID   int64
	Room rel.Ref[topic] `orm:",onDelete=cascade"`
	Over *shelf         `orm:",onDelete=set null"`
}

type cup struct {
	ID int64
	On rel.Ref[shelf] `orm:",onDelete=restrict"`
}

// commands are the names of the commands sent since the last call, but those of transactions.
func (s *sent) commands() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, c := range s.list {
		if e, err := c.IndexErr(0); err == nil && !strings.HasSuffix(e.Key(), "Transaction") {
			names = append(names, e.Key())
		}
	}
	s.list = nil
	return strings.Join(names, " ")
}

// TestBulkDeleteCommands counts what a bulk delete sends.
func TestBulkDeleteCommands(t *testing.T) {
	w := open(t, post{}, topic{}, shelf{}, cup{})
	em := w.Fork()
	topics := []*topic{{ID: 1}, {ID: 2}, {ID: 3}}
	p := &post{ID: 1}
	p.Topics.Add(topics...)
	em.Persist(p, &post{ID: 2}, topics[0], topics[1], topics[2])
	one := &shelf{ID: 1, Room: rel.To(topics[0])}
	em.Persist(one, &shelf{ID: 2, Over: one}, &shelf{ID: 3}, &cup{ID: 1, On: orm.ToKey[shelf](int64(3))})
	ok(t, em.Flush(t.Context()))
	w.sent.take("")
	for _, c := range []struct {
		what   string
		remove func(em *orm.EntityManager) (int64, error)
		n      int64
		want   string
	}{
		{"nothing refers to posts", func(em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[post](t.Context(), em, orm.M{"id": 2})
		}, 1, "delete"},
		// The keys, the shelves, what stands over and on these; links, references, and rows.
		{"a topic with a shelf", func(em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[topic](t.Context(), em, orm.M{"id": 1})
		}, 1, "find find find find update update delete delete"},
		{"a topic without", func(em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[topic](t.Context(), em, orm.M{"id": 2})
		}, 1, "find find update delete"},
		{"a topic that is not there", func(em *orm.EntityManager) (int64, error) {
			return orm.NativeDelete[topic](t.Context(), em, orm.M{"id": 2})
		}, 0, "find"},
		{"a shelf that a cup keeps", func(em *orm.EntityManager) (int64, error) {
			n, err := orm.NativeDelete[shelf](t.Context(), em, orm.M{"id": 3})
			is(t, err, orm.ErrForeignKeyViolation)
			same(t, "the refusal", err.Error(), "orm: exec: shelf: mongo: foreign key constraint violated: cup 1.on refers to it: onDelete=restrict")
			return n, nil
		}, 0, "find find find"},
		{"all cups", func(em *orm.EntityManager) (int64, error) {
			return orm.Exec(t.Context(), em, orm.QB[cup](em, "").Truncate())
		}, 1, "delete"},
		{"all topics", func(em *orm.EntityManager) (int64, error) {
			return orm.Exec(t.Context(), em, orm.QB[topic](em, "").Truncate())
		}, 1, "find find update delete"},
	} {
		n, err := c.remove(w.Fork())
		ok(t, err)
		if n != c.n {
			t.Errorf("%s: %d rows", c.what, n)
		}
		same(t, c.what, w.sent.commands(), c.want)
	}
	same(t, "the post", w.document(t, "posts"), `{"_id":1,"title":"","topics":[]}`)
	if n, err := orm.Count[shelf](t.Context(), w.Fork(), orm.M{"over": nil}); n != 2 || err != nil {
		t.Errorf("%d shelves stand over none, %v", n, err)
	}
}

// TestBulkDeleteOfMany names no more keys at once than fit.
func TestBulkDeleteOfMany(t *testing.T) {
	const many = 5001
	w := open(t, post{}, topic{})
	topics := make([]*topic, many)
	for i := range topics {
		topics[i] = &topic{ID: int64(i + 1)}
	}
	ok(t, orm.BulkInsert(t.Context(), w.Fork(), topics))
	em := w.Fork()
	p := &post{ID: 1}
	last := &topic{ID: many + 1}
	p.Topics.Add(last)
	em.Persist(p, last)
	ok(t, em.Flush(t.Context()))
	ends, err := orm.Find[topic](t.Context(), em, orm.M{"id:in": []int64{1, many}})
	ok(t, err)
	p.Topics.Add(ends...)
	ok(t, em.Flush(t.Context()))
	w.sent.take("")
	n, err := orm.NativeDelete[topic](t.Context(), w.Fork(), orm.M{"id <=": many})
	ok(t, err)
	if n != many {
		t.Errorf("%d topics were deleted", n)
	}
	if got := w.sent.commands(); strings.Count(got, "update") != 2 || strings.Count(got, "delete") != 2 {
		t.Errorf("sent %s", got)
	}
	same(t, "the post", w.document(t, "posts"), fmt.Sprintf(`{"_id":1,"title":"","topics":[%d]}`, many+1))
}

// TestAccountOfABulkDelete cuts the connection at each command of a bulk delete on a server
// without transactions: what the error tells is what is there.
func TestAccountOfABulkDelete(t *testing.T) {
	for _, c := range []struct {
		trigger         string
		fault           faultproxy.Fault
		written, unsure string
		topics          int64
	}{
		{"pullAll", faultproxy.Before, "", "", 3},
		{"pullAll", faultproxy.After, "[unlink topic 1.post.topics unlink topic 2.post.topics]", "[]", 3},
		{"deletes", faultproxy.Before, "[unlink topic 1.post.topics unlink topic 2.post.topics]", "[]", 3},
		{"deletes", faultproxy.After, "[unlink topic 1.post.topics unlink topic 2.post.topics delete topic 1 delete topic 2]", "[]", 1},
	} {
		t.Run(fmt.Sprintf("%s %d", c.trigger, c.fault), func(t *testing.T) {
			w, direct, p := through(t, post{}, topic{})
			em := w.Fork()
			linked, topics := &post{ID: 1}, []*topic{{ID: 1}, {ID: 2}, {ID: 3}}
			linked.Topics.Add(topics...)
			em.Persist(linked, topics[0], topics[1], topics[2])
			ok(t, em.Flush(t.Context()))
			fired := p.On(c.trigger, c.fault)
			_, err := orm.NativeDelete[topic](t.Context(), w.Fork(), orm.M{"id <": 3})
			<-fired
			is(t, err, driver.ErrConnection)
			written, unsure := account(t, err)
			same(t, "written", written, c.written)
			same(t, "unsure", unsure, c.unsure)
			n, err := orm.Count[topic](t.Context(), direct.Fork(), nil)
			ok(t, err)
			if n != c.topics {
				t.Errorf("%d topics are left", n)
			}
		})
	}
}
