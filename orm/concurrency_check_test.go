package orm_test

import (
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

type stockItem struct {
	ID    int64
	Name  string
	Stock int `orm:",concurrencyCheck"`
}

// TestConcurrencyCheckStatements: each update and delete asks for what was read.
func TestConcurrencyCheckStatements(t *testing.T) {
	b := newBench(t, stockItem{})
	em := b.db.Fork()
	x := &stockItem{Name: "a", Stock: 3}
	em.Persist(x)
	b.flush(em)
	x.Name = "b"
	b.ok(em.Flush(b.ctx))
	x.Stock = 4
	b.ok(em.Flush(b.ctx))
	em.Remove(x)
	b.ok(em.Flush(b.ctx))
	b.sent(
		`begin`,
		`UPDATE "stock_items" SET "name" = ? WHERE "id" = ? AND "stock" = ? ['b' 1 3]`,
		`commit`,
		`begin`,
		`UPDATE "stock_items" SET "stock" = ? WHERE "id" = ? AND "stock" = ? [4 1 3]`,
		`commit`,
		`begin`,
		`DELETE FROM "stock_items" WHERE "id" = ? AND "stock" = ? [1 4]`,
		`commit`,
	)
}

// TestConcurrencyCheckMistakes are found when the mapping is read.
func TestConcurrencyCheckMistakes(t *testing.T) {
	type mistakes struct {
		ID    int64          `orm:",concurrencyCheck"`
		Maybe *int           `orm:",concurrencyCheck"`
		Ratio float64        `orm:",concurrencyCheck"`
		Doc   map[string]any `orm:",concurrencyCheck"`
		Seen  int            `orm:",virtual,concurrencyCheck"`
		Twice int64          `orm:",generated=id * 2,concurrencyCheck"`
	}
	_, err := mapper.Build(mapper.Options{}, mistakes{})
	for _, want := range []string{"ID", "Maybe", "Ratio", "Doc", "Seen", "Twice"} {
		if err == nil || !strings.Contains(err.Error(), "mistakes."+want) {
			t.Errorf("the mistake of %s is missing: %v", want, err)
		}
	}
}
