package behaviour_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/tests/model"
)

// examplesOf checks that the Go examples of a page are code of test files.
func examplesOf(t *testing.T, page string, files ...string) {
	t.Helper()
	var source []byte
	for _, file := range files {
		text, err := os.ReadFile(file)
		ok(t, err)
		source = append(source, text...)
	}
	text, err := os.ReadFile("../../docs/" + page)
	ok(t, err)
	flat := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	blocks := strings.Split(string(text), "```go\n")[1:]
	if len(blocks) == 0 {
		t.Errorf("%s has no examples", page)
	}
	for _, block := range blocks {
		code, _, _ := strings.Cut(block, "```")
		if !strings.Contains(flat(string(source)), flat(code)) {
			t.Errorf("%s: not compiled by %v:\n%s", page, files, code)
		}
	}
}

// TestPageOfRawSQL runs the examples of docs/raw-sql.md.
func TestPageOfRawSQL(t *testing.T) {
	examplesOf(t, "raw-sql.md", "raw_docs_test.go")
	engines(t, rawEntities, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		for i, text := range []string{"a", "b", "c"} {
			em.Persist(&rawNote{Text: text, Rank: ptr(i), At: rawTime})
		}
		ok(t, em.Flush(ctx))
		if e.caps.KeyArrays {
			perText, err := orm.Aggregate[rawNote, struct {
				Text string `orm:"_id"`
				N    int
			}](ctx, em, []orm.M{
				{"$match": orm.M{"rank": orm.M{"$gte": 1}}},
				{"$group": orm.M{"_id": "$text", "n": orm.M{"$sum": 1}}},
			})
			if err != nil || len(perText) != 2 || perText[0].N != 1 {
				t.Errorf("per text %v, %v", perText, err)
			}
		}
		if e.caps.Language == nil {
			return
		}
		n, err := em.Exec(ctx, "update raw_notes set rank = rank + :by where text in (:texts)",
			orm.M{"by": 10, "texts": []string{"a", "b"}})
		if err != nil || n != 2 {
			t.Errorf("updated %d, %v", n, err)
		}
		type row struct {
			Text string
			Rank *int
		}
		rows, err := orm.Rows[row](ctx, em, "select text, rank from raw_notes where rank > ? order by rank", 5)
		if err != nil || len(rows) != 2 || *rows[1].Rank != 11 {
			t.Errorf("rows %v, %v", rows, err)
		}
		notes, err := orm.Map[rawNote](ctx, em, "select * from raw_notes where rank > $1 order by rank limit $2", 5, 10)
		if err != nil || len(notes) != 2 || notes[0].Text != "a" {
			t.Errorf("notes %v, %v", notes, err)
		}
		err = em.Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			if _, err := em.Exec(ctx, "update raw_notes set rank = 0"); err != nil {
				return err
			}
			em.Persist(&rawNote{Text: "after"})
			return nil
		})
		ok(t, err)
	})
}

// TestPageOfHooks compiles the examples of docs/hooks.md about changes.
func TestPageOfHooks(t *testing.T) {
	option :=
		orm.SubscribeTo(orm.SubscriberOf[model.Author]{
			After: func(ctx context.Context, em *orm.EntityManager, a *model.Author, e orm.Event) error {
				if name, changed := e.Change().Property("name"); changed {
					slog.InfoContext(ctx, "renamed", "from", name.Old, "to", name.New)
				}
				return nil
			},
		})
	enginesWith(t, []orm.Option{option}, model.Library(), func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		em.Persist(&model.Tag{Name: "sea"})
		changes, err := orm.Changes(ctx, em)
		if err != nil || len(changes) != 1 {
			t.Errorf("changes %v, %v", changes, err)
		}
	})
}
