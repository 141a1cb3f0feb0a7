package reports_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Parcel is what these reports are about.
type Parcel struct {
	ID     mapper.UUID
	Status *string `orm:",default='new',length=20"`
	Weight float64
	Meta   map[string]any
	Note   string `orm:",lazy,length=40"`
	From   *struct {
		City string `orm:",length=10"`
	}
	Made    time.Time                 `orm:",onCreate=now,precision=3"`
	Stops   rel.Collection[ParcelHop] `orm:",mappedBy=Parcel"`
	Version int                       `orm:",version"`
}

// ParcelHop is where a parcel has been.
type ParcelHop struct {
	ID     int64
	Place  string `orm:",length=20"`
	Parcel rel.Ref[Parcel]
}

// parcels runs fn on each engine.
func parcels(t *testing.T, fn func(t *testing.T, db *orm.DB)) {
	t.Helper()
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) { fn(t, e.Open(t, orm.Entities(Parcel{}, ParcelHop{}))) })
	}
}

// store writes a parcel with a stop.
func store(t *testing.T, db *orm.DB, p *Parcel) *Parcel {
	t.Helper()
	if p.Meta == nil {
		p.Meta = map[string]any{}
	}
	p.Stops.Add(&ParcelHop{Place: "Oslo"})
	em := db.Fork()
	em.Persist(p)
	done(t, em.Flush(t.Context()))
	return p
}

func done(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestNilKeepsTheDefault: "my column has a default, I leave the pointer nil, and the insert writes NULL".
func TestNilKeepsTheDefault(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		p := store(t, db, &Parcel{})
		if p.Status == nil || *p.Status != "new" {
			t.Errorf("the status is %v", p.Status)
		}
	})
}

// TestMapsAreWholeRows: "bulk insert from maps leaves created_at and the version empty, then the rows cannot be loaded".
func TestMapsAreWholeRows(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		_, err := orm.NativeInsert[Parcel](t.Context(), db.Fork(), orm.M{"weight": 1, "meta": orm.M{}, "note": ""}, orm.M{"weight": 2, "meta": orm.M{}, "note": ""})
		done(t, err)
		found, err := orm.Find[Parcel](t.Context(), db.Fork(), nil, orm.OrderBy("weight"))
		done(t, err)
		if len(found) != 2 || found[0].Made.IsZero() || found[1].Version != 1 || found[0].ID == found[1].ID {
			t.Errorf("%+v", found)
		}
	})
}

// TestSnowflakesInDocuments: "a 64 bit id inside a JSON column changes its last digits when I save another key".
func TestSnowflakesInDocuments(t *testing.T) {
	const id = int64(1541815603606036480)
	parcels(t, func(t *testing.T, db *orm.DB) {
		p := store(t, db, &Parcel{Meta: map[string]any{"tweet": id + 1}})
		em := db.Fork()
		got, err := orm.FindOneOrFail[Parcel](t.Context(), em, p.ID)
		done(t, err)
		got.Meta["seen"] = true
		done(t, em.Flush(t.Context()))
		n, err := orm.Count[Parcel](t.Context(), db.Fork(), orm.M{"meta.tweet": id + 1, "meta.seen": true})
		if err != nil || n != 1 {
			t.Errorf("%d parcels, %v", n, err)
		}
	})
}

// TestNotANumber: "a division by zero got into the table as NULL and nobody noticed for weeks".
func TestNotANumber(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		em := db.Fork()
		em.Persist(&Parcel{Weight: math.NaN(), Meta: map[string]any{}})
		err := em.Flush(t.Context())
		var failed *orm.Error
		if !errors.Is(err, orm.ErrValue) || !errors.As(err, &failed) || failed.Entity != "Parcel" || failed.Path != "weight" ||
			!strings.HasSuffix(err.Error(), ".weight: invalid value: mapper: the value must be finite") {
			t.Errorf("got %v", err)
		}
	})
}

// TestLoadedCollectionInTheAnswer: "I populated the collection, the handler's JSON does not have it".
func TestLoadedCollectionInTheAnswer(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		p := store(t, db, &Parcel{})
		em := db.Fork()
		got, err := orm.FindOneOrFail[Parcel](t.Context(), em, p.ID, orm.Populate("stops"))
		done(t, err)
		dto, err := orm.ToDTO(em, got)
		done(t, err)
		if stops, is := dto["stops"].([]any); !is || len(stops) != 1 {
			t.Errorf("the answer has the stops %v", dto["stops"])
		}
	})
}

// TestFormWithForbiddenFields: "mass assignment is refused, but the message tells what type the forbidden column has".
func TestFormWithForbiddenFields(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		err := orm.Assign(t.Context(), db.Fork(), &Parcel{}, orm.M{"weight": "heavy", "from": 7}, orm.AssignOnly("status"))
		if !errors.Is(err, orm.ErrNotAllowed) || errors.Is(err, orm.ErrValue) {
			t.Errorf("got %v", err)
		}
	})
}

// TestFormClearsTheAddress: "PATCH with null for a nested object is a 400".
func TestFormClearsTheAddress(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		p := store(t, db, &Parcel{From: &struct {
			City string `orm:",length=10"`
		}{"Rome"}})
		em := db.Fork()
		got, err := orm.FindOneOrFail[Parcel](t.Context(), em, p.ID)
		done(t, err)
		done(t, orm.Assign(t.Context(), em, got, orm.M{"from": nil}))
		done(t, em.Flush(t.Context()))
		if n, err := orm.Count[Parcel](t.Context(), db.Fork(), orm.M{"from.city": nil}); err != nil || n != 1 || got.From != nil {
			t.Errorf("%d parcels, %v, %+v", n, err, got.From)
		}
	})
}

// TestForgottenPath: "an empty environment variable gave me an in-memory database in production".
func TestForgottenPath(t *testing.T) {
	if _, err := orm.Open(t.Context(), sqlite.File(""), orm.Entities(Parcel{}, ParcelHop{})); !errors.Is(err, orm.ErrConnection) {
		t.Errorf("got %v", err)
	}
	if _, err := orm.Open(t.Context(), nil, orm.Entities(Parcel{}, ParcelHop{})); !errors.Is(err, orm.ErrInvalidOption) {
		t.Errorf("got %v", err)
	}
	if _, err := orm.Open(t.Context(), memory.New()); !errors.Is(err, orm.ErrInvalidOption) {
		t.Errorf("got %v", err)
	}
}

// TestHealthCheck: "the readiness probe has to run some query because there is no ping".
func TestHealthCheck(t *testing.T) {
	parcels(t, func(t *testing.T, db *orm.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		done(t, db.Ping(ctx))
	})
}

// TestFileOfAnotherProgram: "range queries on a SQLite file of our old application silently find nothing".
func TestFileOfAnotherProgram(t *testing.T) {
	type Note struct {
		ID int64
		At time.Time
	}
	file := sqlite.File(filepath.Join(t.TempDir(), "old.db"))
	db, err := orm.Open(t.Context(), file, orm.Entities(Note{}))
	done(t, err)
	done(t, schema.Create(t.Context(), db))
	em := db.Fork()
	em.Persist(&Note{At: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)})
	done(t, em.Flush(t.Context()))
	done(t, db.Close())
	_, err = orm.Open(t.Context(), file, orm.Entities(Note{}), orm.TimePrecision(3)) // what is there has six digits
	if !errors.Is(err, orm.ErrMapping) || !strings.Contains(err.Error(), "declare layout=2006-01-02T15:04:05.000000Z") {
		t.Errorf("got %v", err)
	}
}

// TestNamesOfLoanWords: "the table of my entity Photo should be photos, and of Memo memos".
func TestNamesOfLoanWords(t *testing.T) {
	type Memo struct{ ID int64 }
	db, err := orm.Open(t.Context(), memory.New(), orm.Entities(Memo{}))
	done(t, err)
	defer db.Close()
	if name := db.Registry().Entity("Memo").Table.Name; name != "memos" {
		t.Errorf("the table is %s", name)
	}
}
