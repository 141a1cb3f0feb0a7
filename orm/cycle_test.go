package orm_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

const insertEmployee = `INSERT INTO "employees" ("name", "salary", "manager_id") VALUES (?, ?, ?) `

func TestSelfReferenceChain(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	a, c := &Employee{Name: "a"}, &Employee{Name: "c"}
	c.Manager = &Employee{Name: "b", Manager: a}
	em.Persist(c, a)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, insertEmployee+`['a' null null]`, insertEmployee+`['b' null 1]`, insertEmployee+`['c' null 2]`, `commit`)
}

func TestSelfReferenceToItself(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	a := &Employee{Name: "a"}
	a.Manager = a
	em.Persist(a)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, insertEmployee+`['a' null null]`, `UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [1 1]`, `commit`)
	em.Remove(a)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "employees" WHERE "id" = ? [1]`, `commit`)
}

func TestSelfReferenceRing(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	x, y, z := &Employee{Name: "x"}, &Employee{Name: "y"}, &Employee{Name: "z"}
	x.Manager, y.Manager, z.Manager = y, z, x
	em.Persist(x)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		insertEmployee+`['x' null null]`, insertEmployee+`['z' null 1]`, insertEmployee+`['y' null 2]`,
		`UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [3 1]`, `commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
	em.Remove(x, y, z)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [null 1]`,
		`DELETE FROM "employees" WHERE "id" = ? [3]`, `DELETE FROM "employees" WHERE "id" = ? [2]`, `DELETE FROM "employees" WHERE "id" = ? [1]`,
		`commit`)
}

// Hen and Egg need each other: no order of inserts works.
type Hen struct {
	ID  int64
	Egg orm.Ref[Egg] `orm:",required"`
}

type Egg struct {
	ID  int64
	Hen orm.Ref[Hen] `orm:",required"`
}

func TestUnbreakableRing(t *testing.T) {
	b := newBench(t, Hen{}, Egg{})
	em := b.db.Fork()
	hen, egg := &Hen{}, &Egg{}
	hen.Egg, egg.Hen = orm.To(egg), orm.To(hen)
	em.Persist(hen)
	err := em.Flush(b.ctx)
	want := "plan: rows depend on each other in a ring: Egg.hen, Hen.egg; make one of these nullable, or flush in two parts"
	if !errors.Is(err, orm.ErrCycle) || err.Error() != want {
		t.Errorf("error = %v", err)
	}
	b.sent()
}

func TestDeleteRingWithMandatoryEdge(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	jon := &Author{Name: "Jon", Email: "j"}
	book := &Book{Title: "Winter", Author: orm.To(jon)}
	jon.Favourite = orm.To(book)
	em.Persist(jon)
	b.flush(em)
	em.Remove(jon, book)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`UPDATE "authors" SET "favourite_id" = ? WHERE "id" = ? [null 1]`,
		`DELETE FROM "books" WHERE "id" = ? [1]`,
		`DELETE FROM "authors" WHERE "id" = ? AND "version" = ? [1 1]`,
		`commit`)
}

func TestDeletesChildrenFirst(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	books := must(orm.Find[Book](b.ctx, em, orm.M{"author": 1}, orm.Populate("author"), orm.OrderBy("id")))
	em.Remove(books[0].Author.Get(), books[0], books[1])
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "books" WHERE "id" = ? [1] [2]`, `DELETE FROM "authors" WHERE "id" = ? AND "version" = ? [1 1]`, `commit`)
}

func TestUniqueSwap(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	authors := must(orm.Find[Author](b.ctx, em, nil, orm.OrderBy("id")))
	b.rec.Take()
	authors[0].Email, authors[1].Email = authors[1].Email, authors[0].Email
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`SELECT "e0"."email" FROM "authors" AS "e0" WHERE ("e0"."email" IN (SELECT value FROM json_each(?))) [['~weft~1u4m1sy9awbyx']]`,
		`UPDATE "authors" SET "email" = ? WHERE "id" = ? ['~weft~1u4m1sy9awbyx' 2]`,
		`UPDATE "authors" SET "email" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['amy@example.org' 2 1 1]`,
		`UPDATE "authors" SET "email" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['jon@example.org' 2 2 1]`,
		`commit`)
}

func TestUniqueSwapThroughNull(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	one, two := "1", "2"
	books := must(orm.Find[Book](b.ctx, em, nil, orm.OrderBy("id"), orm.Limit(2)))
	books[0].ISBN, books[1].ISBN = &one, &two
	b.flush(em)
	books[0].ISBN, books[1].ISBN = &two, &one
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`UPDATE "books" SET "isbn" = ? WHERE "id" = ? [null 2]`,
		`UPDATE "books" SET "isbn" = ? WHERE "id" = ? ['2' 1]`,
		`UPDATE "books" SET "isbn" = ? WHERE "id" = ? ['1' 2]`,
		`commit`)
}

func TestUniqueValueMovesOn(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	authors := must(orm.Find[Author](b.ctx, em, nil, orm.OrderBy("id")))
	b.rec.Take()
	authors[0].Email = authors[1].Email
	authors[1].Email = "free"
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`UPDATE "authors" SET "email" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['free' 2 2 1]`,
		`UPDATE "authors" SET "email" = ?, "version" = ? WHERE "id" = ? AND "version" = ? ['amy@example.org' 2 1 1]`,
		`commit`)
}

func TestDeleteAndRecreate(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	sea := must(orm.FindOneOrFail[Tag](b.ctx, em, orm.M{"name": "sea"}))
	em.Remove(sea)
	em.Persist(&Tag{Name: "sea"})
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "tags" WHERE "id" = ? [1]`, `INSERT INTO "tags" ("name") VALUES (?) ['sea']`, `commit`)

	p := &Publisher{Code: "p2", Name: "two"}
	em.Persist(p)
	b.flush(em)
	em.Remove(p)
	again := &Publisher{Code: "p2", Name: "again"}
	em.Persist(again)
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `DELETE FROM "publishers" WHERE "code" = ? ['p2']`,
		`INSERT INTO "publishers" ("code", "name", "country") VALUES (?, ?, ?) ['p2' 'again' null]`, `commit`)
	if must(orm.FindOne[Publisher](b.ctx, em, "p2")) != again || em.Contains(p) {
		t.Error("the key leads to the deleted entity")
	}
}

func TestBatchesStayWhole(t *testing.T) {
	b := newBench(t)
	em := b.db.Fork()
	known := &Author{Name: "known", Email: "k"}
	em.Persist(known)
	b.flush(em)
	for _, name := range []string{"a", "b", "c"} {
		em.Persist(&Book{Title: name + "1", Author: orm.To(known)}, &Book{Title: name + "2", Author: orm.To(&Author{Name: name, Email: name})})
	}
	b.ok(em.Flush(b.ctx))
	var inserts []string
	for _, line := range b.rec.Take() {
		verb, _, _ := strings.Cut(line, " (")
		inserts = append(inserts, verb)
	}
	if got := strings.Join(inserts, "; "); got != `begin; INSERT INTO "authors"; INSERT INTO "books"; commit` {
		t.Errorf("statements: %s", got)
	}
}

func TestParentReplacedWhileChildMoves(t *testing.T) {
	b := newBench(t)
	library(b)
	em := b.db.Fork()
	waves := must(orm.FindOneOrFail[Book](b.ctx, em, orm.M{"title": "Waves"}, orm.Populate("author")))
	amy := waves.Author.Get()
	waves.Author = orm.To(&Author{Name: "Amy", Email: amy.Email})
	em.Remove(amy)
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`,
		`SELECT "e0"."email" FROM "authors" AS "e0" WHERE ("e0"."email" IN (SELECT value FROM json_each(?))) [['~weft~1u4m1sy9awbyx']]`,
		`UPDATE "authors" SET "email" = ? WHERE "id" = ? ['~weft~1u4m1sy9awbyx' 2]`,
		`INSERT INTO "authors" ("name", "email", "age", "active", "rating", "born_at", "created_at", "favourite_id", "version") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ['Amy' 'amy@example.org' null false 0 null 0001-01-01T00:00:00Z null 1]`,
		`UPDATE "books" SET "author_id" = ? WHERE "id" = ? [3 3]`,
		`DELETE FROM "authors" WHERE "id" = ? AND "version" = ? [2 1]`,
		`commit`)
}
