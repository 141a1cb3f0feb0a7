package behaviour_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/rel"
	"github.com/weft-orm/weft/tests/internal/testengine"
)

// Port, Ship, Flag and Mate live in tables that weft has not made, whose keys compare without case.
type Port struct {
	_     struct{}             `orm:"table=ports"`
	Code  string               `orm:",pk"`
	Ships rel.Collection[Ship] `orm:",mappedBy=Port"`
	Flags rel.Collection[Flag] `orm:",pivot=port_flags"`
	Mate  rel.Ref[Mate]        `orm:",oneToOne,mappedBy=Port"`
}

type Ship struct {
	_    struct{} `orm:"table=ships"`
	ID   int64
	Port rel.Ref[Port]
}

type Flag struct {
	_    struct{} `orm:"table=flags"`
	Code string   `orm:",pk"`
}

type Mate struct {
	_    struct{} `orm:"table=mates"`
	ID   int64
	Port rel.Ref[Port] `orm:",oneToOne"`
}

// foldingTables makes the tables of Port, Ship, Flag and Mate, with rows whose references are spelled otherwise than
// the keys they lead to; it reports whether the engine can have them.
func foldingTables(t *testing.T, db *orm.DB) bool {
	t.Helper()
	text, ok := map[string]string{
		"sqlite": "varchar(20) collate nocase", "mariadb": "varchar(20) collate utf8mb4_general_ci",
		"mysql": "varchar(20) collate utf8mb4_general_ci", "postgres": "varchar(20) collate folding",
	}[db.Engine().Caps().Name]
	if !ok {
		return false
	}
	if db.Engine().Caps().Name == "postgres" {
		execText(t, db, "create collation folding (provider = icu, locale = 'und-u-ks-level2', deterministic = false)")
	}
	for _, s := range []string{
		"create table ports (code " + text + " not null primary key)",
		"create table flags (code " + text + " not null primary key)",
		"create table ships (id bigint primary key, port_code " + text + " not null references ports (code))",
		"create table mates (id bigint primary key, port_code " + text + " not null unique references ports (code))",
		"create table port_flags (port_code " + text + " not null references ports (code), flag_code " + text + " not null references flags (code), primary key (port_code, flag_code))",
		"insert into ports values ('abc'), ('def')", "insert into flags values ('red')",
		"insert into ships values (1, 'ABC'), (2, 'def')", "insert into mates values (1, 'ABC'), (2, 'def')", "insert into port_flags values ('abC', 'RED')",
	} {
		execText(t, db, s)
	}
	return true
}

// TestKeySpelling: what the database takes for one key and weft for two is an error in every way of reading, and
// never a row that is lost or taken for absent.
func TestKeySpelling(t *testing.T) {
	for _, e := range testengine.All() {
		t.Run(e.Name, func(t *testing.T) {
			connector := e.Connector(t)
			open := func() *orm.DB {
				db, err := orm.Open(t.Context(), connector, orm.Entities(Port{}, Ship{}, Flag{}, Mate{}))
				ok(t, err)
				t.Cleanup(func() { _ = db.Close() })
				return db
			}
			db := open()
			if !foldingTables(t, db) {
				return
			}
			if e.Server {
				db = open() // which reads what collations there are
			}
			told := func(how string, err error, names ...string) {
				t.Helper()
				if !errors.Is(err, orm.ErrKeySpelling) {
					t.Errorf("%s: got %v, want ErrKeySpelling", how, err)
					return
				}
				for _, name := range names {
					if !strings.Contains(err.Error(), name) {
						t.Errorf("%s: %q does not name %s", how, err, name)
					}
				}
			}
			for _, s := range []string{"select-in", "joined", "balanced"} {
				_, err := orm.Find[Port](t.Context(), db.Fork(), nil, orm.Populate("ships"), orm.Strategy(s))
				told(s+" ships", err, "Ship.port", "Port ABC")
				ports, err := orm.Find[Port](t.Context(), db.Fork(), nil, orm.Populate("mate"), orm.Strategy(s), orm.OrderBy("code"))
				if err != nil || ports[0].Mate.Get().ID != 1 { // its key may have come with the row of the port
					told(s+" mate", err, "Mate.port", "Port ABC")
				}
				_, err = orm.Find[Ship](t.Context(), db.Fork(), nil, orm.Populate("port"), orm.Strategy(s))
				told(s+" port", err, "Port")
				hinted, err := orm.Find[Port](t.Context(), db.Fork(), orm.M{"code": "DEF"}, orm.Populate("ships", "mate"), orm.Strategy(s))
				ok(t, err)
				if len(hinted) != 1 || hinted[0].Code != "def" || hinted[0].Ships.Len() != 1 || hinted[0].Mate.Get().ID != 2 {
					t.Errorf("%s: one spelling: %v", s, hinted)
				}
			}
			_, err := orm.Find[Port](t.Context(), db.Fork(), nil, orm.Populate("flags"), orm.Strategy("select-in"))
			told("flags", err, "Port.flags", "Port abC")

			em := db.Fork()
			port, err := orm.FindOneOrFail[Port](t.Context(), em, "ABC")
			ok(t, err)
			if port.Code != "abc" {
				t.Errorf("the row has the key %q", port.Code)
			}
			told("load the collection", port.Ships.Load(t.Context()), "Ship.port")
			_, err = orm.LoadCount(t.Context(), em, []*Port{port}, "ships", nil)
			told("count", err, "Ship.port")
			ship, err := orm.FindOneOrFail[Ship](t.Context(), em, 1)
			ok(t, err)
			_, err = ship.Port.Load(t.Context())
			told("load the reference", err, "abc")
			idle(t, em)
		})
	}
}
