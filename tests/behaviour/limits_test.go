package behaviour_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/memory"
	"github.com/weft-orm/weft/driver/mongo"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Excess declares a little more than each engine keeps.
type Excess struct {
	ID   int64
	A16  string    `orm:",type=decimal,precision=16"`
	A35  string    `orm:",type=decimal,precision=35"`
	A66  string    `orm:",type=decimal,precision=66"`
	At4  time.Time `orm:",precision=4"`
	At7  time.Time `orm:",precision=7"`
	C64  int       `orm:"c_of_sixty_four_bytes_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`
	C65  int       `orm:"c_of_sixty_five_bytes_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`
	C128 int       `orm:"c_of_a_hundred_and_twenty_eight_bytes_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`
}

// TestOpenRefusesWhatTheDatabaseCannotKeep reaches no server: mistakes are found
// before the connection is tried.
func TestOpenRefusesWhatTheDatabaseCannotKeep(t *testing.T) {
	tests := []struct {
		name      string
		connector driver.Connector
		want      []string // the fields reported, in order
	}{
		{"sqlite", sqlite.File("/nowhere/at/all.db"), []string{"A16", "A35", "A66"}},
		{"postgres", postgres.URL("postgres://127.0.0.1:1/none"), []string{"At7", "C64", "C65", "C128"}},
		{"mysql", mysql.DSN("root@tcp(127.0.0.1:1)/none"), []string{"A66", "At7", "C65", "C128"}},
		{"mongo", mongo.URI("mongodb://127.0.0.1:1", "none"), []string{"A35", "A66", "At4", "At7", "C128"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := orm.Open(t.Context(), tt.connector, orm.Entities(Excess{}))
			if got := fieldsOf(err); got != strings.Join(tt.want, " ") {
				t.Errorf("reported %s, want %s\n%v", got, tt.want, err)
			}
		})
	}
}

// fieldsOf names the fields of a mapping error.
func fieldsOf(err error) string {
	var mistakes *mapper.MappingError
	if !errors.As(err, &mistakes) {
		return ""
	}
	var fields []string
	for _, p := range mistakes.Problems {
		fields = append(fields, strings.TrimPrefix(p.Position, "behaviour_test.Excess."))
	}
	return strings.Join(fields, " ")
}

// TestOpenHoldsAReadyRegistryAgainstTheDatabase covers registries built for no
// database, and limits that a model sets for itself.
func TestOpenHoldsAReadyRegistryAgainstTheDatabase(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{Limits: &mapper.Limits{}}, Excess{})
	ok(t, err)
	if _, err := orm.Open(t.Context(), sqlite.Memory(), orm.Registry(reg)); fieldsOf(err) != "A16 A35 A66" {
		t.Errorf("got %v", err)
	}
	shared := mapper.Limits{Name: 63, Digits: 15, TimePrecision: 3, Uint: math.MaxInt64}
	if _, err := orm.Open(t.Context(), memory.New(), orm.Entities(Excess{}), orm.Limits(shared)); fieldsOf(err) != "A16 A35 A66 At4 At7 C64 C65 C128" {
		t.Errorf("got %v", err)
	}
	db, err := orm.Open(t.Context(), memory.New(), orm.Registry(reg))
	ok(t, err)
	ok(t, db.Close())
}

// opaque hides what a connector knows before it connects.
type opaque struct{ driver.Connector }

func TestOpenAsksTheEngineWhereTheConnectorDoesNotTell(t *testing.T) {
	if _, err := orm.Open(t.Context(), opaque{sqlite.Memory()}, orm.Entities(Excess{})); fieldsOf(err) != "A16 A35 A66" {
		t.Errorf("got %v", err)
	}
	type Plain struct {
		ID   int64
		Cost string `orm:",type=decimal"`
	}
	db, err := orm.Open(t.Context(), opaque{sqlite.Memory()}, orm.Entities(Plain{}))
	ok(t, err)
	if n := db.Registry().Entity("Plain").Property("cost").Type.Precision; n != 15 {
		t.Errorf("%d digits by default", n)
	}
	ok(t, db.Close())
}
