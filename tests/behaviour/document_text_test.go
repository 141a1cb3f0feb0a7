package behaviour_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/weft-orm/weft/orm"
)

type (
	leaflet struct {
		ID    int64
		Doc   map[string]any  `orm:",nullable"`
		Raw   json.RawMessage `orm:",nullable"`
		Parts []leafletPart   `orm:",nullable"`
	}
	leafletPart struct{ Title string }
)

// TestDocumentText: text in a document that is not UTF-8 is refused, as it is in a column of its own, and not
// stored as other text; the replacement character itself is text.
func TestDocumentText(t *testing.T) {
	engines(t, []any{leaflet{}}, func(t *testing.T, e engine) {
		ctx, em := t.Context(), e.db.Fork()
		stored := &leaflet{
			Doc:   map[string]any{"a\ufffd": json.RawMessage(`"\ufffd"`), "b": []string{"\ufffd"}},
			Raw:   json.RawMessage(`["\ufffd","` + "\ufffd" + `"]`),
			Parts: []leafletPart{{"\ufffd"}},
		}
		em.Persist(stored)
		ok(t, em.Flush(ctx))
		idle(t, em)
		for name, set := range map[string]func(*leaflet){
			"value": func(l *leaflet) { l.Doc = map[string]any{"a": []any{"\xff"}} },
			"key":   func(l *leaflet) { l.Doc = map[string]any{"\xff": 1} },
			"raw":   func(l *leaflet) { l.Raw = json.RawMessage("\"\xff\"") },
			"part":  func(l *leaflet) { l.Parts = []leafletPart{{"a"}, {"b\xff"}} },
		} {
			l := &leaflet{}
			set(l)
			em := e.db.Fork()
			em.Persist(l)
			if err := em.Flush(ctx); !errors.Is(err, orm.ErrValue) {
				t.Errorf("%s inserted: %v", name, err)
			}
			em = e.db.Fork()
			l, err := orm.FindOneOrFail[leaflet](ctx, em, stored.ID)
			ok(t, err)
			set(l)
			if err := em.Flush(ctx); !errors.Is(err, orm.ErrValue) {
				t.Errorf("%s updated: %v", name, err)
			}
		}
		_, err := orm.NativeUpdate[leaflet](ctx, em, orm.M{"id": stored.ID}, orm.M{"doc": map[string]any{"a": "\xff"}})
		if !errors.Is(err, orm.ErrValue) {
			t.Errorf("a native update: %v", err)
		}
		idle(t, em)
	})
}
