package behaviour_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// keeper and strictBadge make the tables. The database then checks what badge,
// which knows of no limits, lets through.
type keeper struct {
	ID   int64
	Name string
}

type strictBadge struct {
	_      struct{} `orm:"table=badges"`
	ID     int64
	Code   string `orm:",unique,length=5"`
	Level  int16  `orm:",check=level > 0"`
	Motto  string
	Keeper rel.Ref[keeper]
}

// badge is the same table as one sees it who relies on the database.
type badge struct {
	_      struct{} `orm:"table=badges"`
	ID     int64
	Code   string `orm:",unique"`
	Level  int64  `orm:",check=level > 0"`
	Motto  *string
	Keeper rel.Ref[keeper]
}

// ghost has no table.
type ghost struct {
	ID   int64
	Name string
}

// violations are mistakes that only the database finds.
var violations = []struct {
	name     string
	change   func(b *badge)
	class    error
	property string
	// checked are the engines that look at this; nil is all.
	checked []string
	// vague are those that tell neither column nor constraint.
	vague []string
}{
	{"unique", func(b *badge) { b.Code = "taken" }, driver.ErrUniqueViolation, "code", nil, nil},
	{"primary key", func(b *badge) { b.ID = 1 }, driver.ErrUniqueViolation, "id", nil, nil},
	{"foreign key", func(b *badge) { b.Keeper = orm.ToKey[keeper](int64(4711)) }, driver.ErrForeignKeyViolation, "keeper",
		[]string{"sqlite", "postgres", "mariadb", "mysql", "memory"}, []string{"sqlite"}},
	{"not null", func(b *badge) { b.Motto = nil }, driver.ErrNotNullViolation, "motto",
		[]string{"sqlite", "postgres", "mariadb", "mysql", "mongo"}, nil},
	{"check", func(b *badge) { b.Level = -1 }, driver.ErrCheckViolation, "level",
		[]string{"sqlite", "postgres", "mariadb", "mysql"}, nil},
	{"too long", func(b *badge) { b.Code = "far too long" }, driver.ErrOutOfRange, "code",
		[]string{"postgres", "mariadb", "mysql", "mongo"}, []string{"postgres"}},
	{"out of range", func(b *badge) { b.Level = 1 << 40 }, driver.ErrOutOfRange, "level",
		[]string{"postgres", "mariadb", "mysql"}, []string{"postgres"}},
}

// TestViolations makes each mistake in a flush with other work: the class, the
// entity and the property come through every layer, and nothing is written.
func TestViolations(t *testing.T) {
	for _, c := range testengine.All() {
		t.Run(c.Name, func(t *testing.T) {
			db := loosely(t, c)
			em := db.Fork()
			motto := "all is well"
			em.Persist(&badge{Code: "taken", Level: 1, Motto: &motto})
			ok(t, em.Flush(t.Context()))
			for _, v := range violations {
				if v.checked != nil && !slices.Contains(v.checked, db.Engine().Caps().Name) {
					continue
				}
				t.Run(v.name, func(t *testing.T) {
					b := &badge{Code: "free", Level: 1, Motto: &motto}
					v.change(b)
					em := db.Fork()
					em.Persist(&keeper{Name: "before"}, b)
					err := em.Flush(t.Context())
					property := v.property
					if slices.Contains(v.vague, db.Engine().Caps().Name) {
						property = ""
					}
					violates(t, db, err, v.class, property)
					if n, err := orm.Count[keeper](t.Context(), db.Fork(), nil); err != nil || n != 0 {
						t.Errorf("%d rows of the failed flush are there, error %v", n, err)
					}
				})
			}
		})
	}
}

// loosely makes the tables by the strict model and opens the database with the other.
func loosely(t *testing.T, e testengine.Engine) *orm.DB {
	t.Helper()
	strict := e.Open(t, orm.Entities(keeper{}, strictBadge{}))
	db, err := orm.Open(t.Context(), lent{strict.Engine()}, orm.Entities(keeper{}, badge{}, ghost{}))
	ok(t, err)
	return db
}

// lent connects to an engine that is open already.
type lent struct{ driver.Engine }

// Connect implements driver.Connector.
func (l lent) Connect(context.Context) (driver.Engine, error) { return l.Engine, nil }

// violates expects an error that matches its class, and leads to the entity, the
// property and the engine's own error.
func violates(t *testing.T, db *orm.DB, err, class error, property string) {
	t.Helper()
	if !errors.Is(err, class) {
		t.Fatalf("error is %v, want %q", err, class)
	}
	var violated *orm.ConstraintError
	if !errors.As(err, &violated) {
		t.Fatalf("error is %T %v", err, err)
	}
	if got := strings.Join(violated.Properties, " "); violated.Entity != "badge" || got != property {
		t.Errorf("entity %q, properties %q, want badge, %q: %v", violated.Entity, got, property, err)
	}
	var engine *driver.Error
	if !errors.As(err, &engine) || engine.Engine != db.Engine().Caps().Name || engine.Class != class || engine.Err == nil {
		t.Errorf("the engine's error is %+v", engine)
	}
	if class == driver.ErrUniqueViolation && (!orm.IsUnique(err, property) || orm.IsUnique(err, "motto")) || class != driver.ErrUniqueViolation && orm.IsUnique(err) {
		t.Errorf("IsUnique is wrong about %v", err)
	}
}

// TestErrorClasses provokes what is no violation of a constraint, on engines with
// a language.
func TestErrorClasses(t *testing.T) {
	for _, c := range testengine.All() {
		t.Run(c.Name, func(t *testing.T) {
			db := loosely(t, c)
			session, err := db.Engine().Session(t.Context(), driver.SessionOptions{})
			ok(t, err)
			_, text := driver.SessionAs[driver.TextExecer](session)
			ok(t, session.End(t.Context(), false))
			if !text {
				t.Skip("the engine has no language")
			}
			em := db.Fork()
			em.Persist(&badge{Code: "a", Level: 1, Motto: new(string)})
			ok(t, em.Flush(t.Context()))
			for _, p := range provocations {
				t.Run(p.name, func(t *testing.T) {
					err := p.run(t.Context(), db)
					if !errors.Is(err, p.class) {
						t.Fatalf("error is %v, want %q", err, p.class)
					}
					engine, found := errors.AsType[*driver.Error](err)
					if !found || engine.Class != p.class || engine.Engine != db.Engine().Caps().Name {
						t.Errorf("the engine's error is %+v", engine)
					}
				})
			}
		})
	}
}

var provocations = []struct {
	name  string
	class error
	run   func(ctx context.Context, db *orm.DB) error
}{
	{"missing table, read", driver.ErrUndefined, func(ctx context.Context, db *orm.DB) error {
		_, err := orm.Find[ghost](ctx, db.Fork(), nil)
		return err
	}},
	{"missing table, written", driver.ErrUndefined, func(ctx context.Context, db *orm.DB) error {
		em := db.Fork()
		em.Persist(&ghost{Name: "boo"})
		return em.Flush(ctx)
	}},
	{"missing column", driver.ErrUndefined, func(ctx context.Context, db *orm.DB) error {
		_, err := orm.Find[badge](ctx, db.Fork(), conditions.Raw("no_such_column = 1"))
		return err
	}},
	{"syntax", driver.ErrSyntax, func(ctx context.Context, db *orm.DB) error {
		_, err := orm.Find[badge](ctx, db.Fork(), conditions.Raw("level = = 1"))
		return err
	}},
	{"syntax in a stream", driver.ErrSyntax, func(ctx context.Context, db *orm.DB) error {
		for _, err := range orm.Stream[badge](ctx, db.Fork(), conditions.Raw("level = = 1")) {
			return err
		}
		return nil
	}},
	{"read-only transaction", driver.ErrReadOnly, func(ctx context.Context, db *orm.DB) error {
		return db.Fork().Transactional(ctx, func(ctx context.Context, em *orm.EntityManager) error {
			em.Persist(&keeper{Name: "nobody"})
			return nil
		}, orm.ReadOnlyTx())
	}},
	{"isolation nobody has", driver.ErrUnsupported, func(ctx context.Context, db *orm.DB) error {
		_, err := db.Engine().Session(ctx, driver.SessionOptions{Transaction: true, Isolation: "none"})
		return err
	}},
	{"cancelled", driver.ErrCanceled, func(ctx context.Context, db *orm.DB) error {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := orm.Find[badge](ctx, db.Fork(), nil)
		return err
	}},
}
