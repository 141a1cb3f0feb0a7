package orm_test

import (
	"testing"

	"github.com/weft-orm/weft/orm"
	. "github.com/weft-orm/weft/tests/model"
)

// staff stores a boss with two reports, one of whom mentors the other.
func staff(b *bench) {
	b.Helper()
	em := b.db.Fork()
	boss := &Employee{Name: "boss"}
	ann := &Employee{Name: "ann", Manager: boss}
	bob := &Employee{Name: "bob", Manager: boss}
	ann.Mentees = []*Employee{bob}
	em.Persist(ann, bob)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`INSERT INTO "employees" ("name", "salary", "manager_id") VALUES (?, ?, ?) ['boss' null null]`,
		`INSERT INTO "employees" ("name", "salary", "manager_id") VALUES (?, ?, ?) ['ann' null 1] ['bob' null 1]`,
		`INSERT INTO "mentoring" ("mentor_id", "mentee_id") VALUES (?, ?) [2 3]`,
		`commit`,
	)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestPlainPointers(t *testing.T) {
	b := newBench(t)
	staff(b)
	em := b.db.Fork()
	ann := must(orm.FindOneOrFail[Employee](b.ctx, em, 2))
	b.rec.Take()
	if ann.Manager != nil || must(orm.IsLoaded(em, ann, "Manager")) || must(orm.Key(em, ann, "manager")) != int64(1) {
		t.Errorf("ann = %+v", ann)
	}
	ann.Name = "Ann"
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "employees" SET "name" = ? WHERE "id" = ? ['Ann' 2]`, `commit`)
	b.ok(orm.Load(b.ctx, em, ann, "manager"))
	if ann.Manager == nil || ann.Manager.Name != "boss" || !must(orm.IsLoaded(em, ann, "manager")) {
		t.Errorf("manager = %+v", ann.Manager)
	}
	b.rec.Take()
	b.ok(em.Flush(b.ctx))
	b.sent()
	ann.Manager = nil
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [null 2]`, `commit`)
	bob := must(orm.FindOneOrFail[Employee](b.ctx, em, 3))
	b.rec.Take()
	bob.Manager = ann
	b.ok(em.Flush(b.ctx))
	b.sent(`begin`, `UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [2 3]`, `commit`)
	b.ok(em.Flush(b.ctx))
	b.sent()
}

func TestPlainSlices(t *testing.T) {
	b := newBench(t)
	staff(b)
	em := b.db.Fork()
	boss := must(orm.FindOneOrFail[Employee](b.ctx, em, 1, orm.Populate("reports.mentees")))
	if len(boss.Reports) != 2 || boss.Reports[0].Manager != boss || len(boss.Reports[0].Mentees) != 1 || boss.Mentees != nil {
		t.Fatalf("boss = %+v", boss)
	}
	if must(orm.IsLoaded(em, boss, "mentees")) || !must(orm.IsLoaded(em, boss, "reports")) {
		t.Error("the wrong relations are loaded")
	}
	ann, bob := boss.Reports[0], boss.Reports[1]
	b.rec.Take()
	boss.Reports = append(boss.Reports[:1:1], &Employee{Name: "cid"})
	ann.Mentees = nil
	bob.Mentees = append(bob.Mentees, ann)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "employees" SET "manager_id" = ? WHERE "id" = ? [null 3]`,
		`INSERT INTO "employees" ("name", "salary", "manager_id") VALUES (?, ?, ?) ['cid' null 1]`,
		`DELETE FROM "mentoring" WHERE "mentor_id" = ? AND "mentee_id" = ? [2 3]`,
		`INSERT INTO "mentoring" ("mentor_id", "mentee_id") VALUES (?, ?) [3 2]`,
		`commit`,
	)
	if bob.Manager != nil || boss.Reports[1].Manager != boss {
		t.Error("the other sides were not kept in step")
	}
	b.ok(em.Flush(b.ctx))
	b.sent()
}
