package behaviour_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
)

// TestPolymorphicHistories moves remarks at random between articles and pictures, at both ends, with flushes that
// are rolled back in between: what is in memory is always what the steps say, and what the database holds after
// each flush that stays.
func TestPolymorphicHistories(t *testing.T) {
	engines(t, remarks(), func(t *testing.T, e engine) {
		for seed := range uint64(12) {
			(&moving{T: t, e: e, r: rand.New(rand.NewPCG(seed, 7))}).run()
		}
	})
}

// moving is one history.
type moving struct {
	*testing.T
	e        engine
	r        *rand.Rand
	em       *orm.EntityManager
	articles []*article
	pictures []*picture
	remarks  []*remark
	of       map[*remark]any // where each is by the steps
	steps    []string
}

func (m *moving) run() {
	m.em, m.of = m.e.db.Fork(), map[*remark]any{}
	for i := range 3 {
		m.articles = append(m.articles, &article{Title: fmt.Sprint("a", i)})
		m.pictures = append(m.pictures, &picture{Title: fmt.Sprint("p", i)})
		m.em.Persist(m.articles[i], m.pictures[i])
	}
	for i := range 5 {
		r := &remark{Text: fmt.Sprint("r", i)}
		m.remarks, m.of[r] = append(m.remarks, r), nil
		m.em.Persist(r)
	}
	ok(m.T, m.em.Flush(m.Context()))
	if m.r.IntN(2) == 0 {
		m.again()
	}
	back := errors.New("back")
	for range 25 {
		m.step(6)
		switch m.r.IntN(4) {
		case 0:
			ok(m.T, m.em.Flush(m.Context()))
			m.stored()
		case 1:
			err := m.em.Transactional(m.Context(), func(ctx context.Context, em *orm.EntityManager) error {
				m.step(4) // what a plain slice says stays said after a rollback, and would be a second claim
				ok(m.T, em.Flush(ctx))
				return back
			})
			m.steps = append(m.steps, "rollback")
			if !errors.Is(err, back) {
				m.Fatal(err)
			}
		}
	}
	ok(m.T, m.em.Flush(m.Context()))
	m.stored()
	idle(m.T, m.em)
	for _, list := range [][]any{anys(m.remarks), anys(m.articles), anys(m.pictures)} {
		m.em.Remove(list...)
	}
	ok(m.T, m.em.Flush(m.Context()))
}

func title(to any) string {
	if s, is := to.(remarkable); is {
		return s.subject()
	}
	return "nothing"
}

func anys[T any](list []*T) (out []any) {
	for _, x := range list {
		out = append(out, x)
	}
	return out
}

// again reads all that there is in another manager.
func (m *moving) again() {
	var err error
	m.em = m.e.db.Fork()
	m.articles, err = orm.Find[article](m.Context(), m.em, nil, orm.Populate("remarks"), orm.OrderBy("title"))
	ok(m.T, err)
	m.pictures, err = orm.Find[picture](m.Context(), m.em, nil, orm.Populate("remarks"), orm.OrderBy("title"))
	ok(m.T, err)
	m.remarks, err = orm.Find[remark](m.Context(), m.em, nil, orm.OrderBy("text"))
	ok(m.T, err)
	m.of = map[*remark]any{}
	for _, r := range m.remarks {
		m.of[r] = nil
	}
}

// step moves one remark, at one of the ends, in one of the first ways.
func (m *moving) step(ways int) {
	r := m.remarks[m.r.IntN(len(m.remarks))]
	a, p := m.articles[m.r.IntN(3)], m.pictures[m.r.IntN(3)]
	say := func(what string, to any) {
		m.steps, m.of[r] = append(m.steps, fmt.Sprintf("%s %s %s", r.Text, what, title(to))), to
	}
	switch m.r.IntN(ways) {
	case 0:
		r.About = orm.ToAny[remarkable](a)
		say("of", a)
	case 1:
		r.About = orm.ToAny[remarkable](p)
		say("of", p)
	case 2:
		r.About = rel.Any[remarkable]{}
		say("of", nil)
	case 3:
		if a.Remarks.Contains(r) {
			return // it would say nothing, whatever the field says by now
		}
		a.Remarks.Add(r)
		say("added to", a)
	case 4:
		ok(m.T, m.em.Flush(m.Context())) // a plain slice tells of a change at the next flush only
		if slices.Contains(p.Remarks, r) {
			return
		}
		p.Remarks = append(p.Remarks, r)
		say("put into", p)
		ok(m.T, m.em.Flush(m.Context()))
	case 5:
		if owner, is := m.of[r].(*article); is {
			ok(m.T, m.em.Flush(m.Context()))
			owner.Remarks.Remove(r)
			say("removed from", nil)
		}
	}
}

// stored compares memory and database with the steps.
func (m *moving) stored() {
	list, err := orm.Find[remark](m.Context(), m.e.db.Fork(), nil, orm.Populate("about"), orm.OrderBy("text"))
	ok(m.T, err)
	for i, r := range m.remarks {
		want := m.of[r]
		subject := title(want)
		for where, about := range map[string]rel.Any[remarkable]{"memory": r.About, "the database": list[i].About} {
			got := "nothing"
			if target, loaded := about.Peek(); loaded {
				got = target.subject()
			}
			if got != subject {
				m.Errorf("in %s %s is of %s, and not of %s", where, r.Text, got, subject)
			}
		}
		for _, a := range m.articles {
			if a.Remarks.Contains(r) != (want == any(a)) {
				m.Errorf("%s among those of %s, by the steps of %s", r.Text, a.Title, subject)
			}
		}
		for _, p := range m.pictures {
			if slices.Contains(p.Remarks, r) != (want == any(p)) {
				m.Errorf("%s among those of %s, by the steps of %s", r.Text, p.Title, subject)
			}
		}
	}
	if m.Failed() {
		m.Fatal(m.steps)
	}
}
