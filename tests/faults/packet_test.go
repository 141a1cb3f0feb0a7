package faults_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/mysql"
	"github.com/weft-orm/weft/internal/testdb"
	"github.com/weft-orm/weft/orm"
)

// page has room for more than a packet of MariaDB takes.
type page struct {
	ID   int64
	Text string
	Raw  []byte
}

// TestValueAboveThePacket writes values that are longer than max_allowed_packet: the
// mistake names the property, nothing is sent, and the connection goes on.
func TestValueAboveThePacket(t *testing.T) {
	const packet = 16 << 20
	db, err := orm.Open(t.Context(), mysql.DSN(testdb.MySQL(t), mysql.MaxConns(1)), orm.Entities(page{}))
	ok(t, err)
	t.Cleanup(func() { ok(t, db.Close()) })
	ok(t, create(t.Context(), db))
	writes(t, db)
	for i, p := range []*page{{Text: strings.Repeat("x", packet+1)}, {Raw: make([]byte, packet+1)}} {
		em := db.Fork()
		em.Persist(p)
		err := em.Flush(t.Context())
		is(t, err, driver.ErrOutOfRange)
		var told *orm.ConstraintError
		if want := []string{"text", "raw"}[i]; !errors.As(err, &told) || len(told.Properties) != 1 || told.Properties[0] != want {
			t.Errorf("%d: %v names %+v", i, err, told)
		}
		if _, err := orm.Find[page](t.Context(), db.Fork(), orm.M{"text": strings.Repeat("y", packet+1)}); !errors.Is(err, driver.ErrOutOfRange) {
			t.Errorf("a condition of that length gives %v", err)
		}
		writes(t, db)
		p.Text, p.Raw = "mended", nil
		ok(t, em.Flush(t.Context()))
	}
	most := &page{Raw: make([]byte, packet-1024)}
	em := db.Fork()
	em.Persist(most)
	ok(t, em.Flush(t.Context()))
	got, err := orm.FindOneOrFail[page](t.Context(), db.Fork(), most.ID)
	ok(t, err)
	if len(got.Raw) != len(most.Raw) {
		t.Errorf("%d bytes came back", len(got.Raw))
	}
}

// TestServerTakesLessThanItSaid lowers max_allowed_packet after the engine has asked
// for it: the server refuses the value, and the statement is made anew.
func TestServerTakesLessThanItSaid(t *testing.T) {
	s := testdb.PrivateMariaDB(t)
	setup, err := orm.Open(t.Context(), mysql.DSN(s.MariaDBDSN()), orm.Entities(page{}))
	ok(t, err)
	ok(t, create(t.Context(), setup))
	db, err := orm.Open(t.Context(), mysql.DSN(s.MariaDBDSN(), mysql.MaxConns(1)), orm.Entities(page{}))
	ok(t, err)
	t.Cleanup(func() { _ = db.Close() })
	session, err := setup.Engine().Session(t.Context(), driver.SessionOptions{})
	ok(t, err)
	_, err = session.(driver.TextExecer).ExecText(t.Context(), "set global max_allowed_packet = 1048576") // before the pool of db has a connection
	ok(t, errors.Join(err, session.End(t.Context(), false), setup.Close()))
	writes(t, db)
	em := db.Fork()
	p := &page{Raw: make([]byte, 3<<20)}
	em.Persist(p)
	if err := em.Flush(t.Context()); !errors.Is(err, driver.ErrOutOfRange) {
		t.Errorf("a value that the server does not take: %v", err)
	}
	writes(t, db)
	p.Raw = nil
	ok(t, em.Flush(t.Context()))
}

// writes inserts rows of one statement and reads them.
func writes(t *testing.T, db *orm.DB) {
	t.Helper()
	for range 3 {
		em := db.Fork()
		p := &page{Text: "a"}
		em.Persist(p)
		ok(t, em.Flush(t.Context()))
		_, err := orm.FindOneOrFail[page](t.Context(), db.Fork(), orm.M{"text": "a", "id": p.ID})
		ok(t, err)
	}
}
