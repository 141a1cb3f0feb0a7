package sqlexec_test

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"io"
	"testing"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/internal/sqlexec"
)

// refusingConn is a connection on which COMMIT fails.
type refusingConn struct {
	sqldriver.Conn
	err error
}

func (refusingConn) Close() error { return nil }

func (c refusingConn) ExecContext(_ context.Context, text string, _ []sqldriver.NamedValue) (sqldriver.Result, error) {
	if text == "COMMIT" {
		return nil, c.err
	}
	return sqldriver.RowsAffected(1), nil
}

// refusingConnector opens connections whose COMMIT fails with err.
type refusingConnector struct{ err error }

func (c refusingConnector) Connect(context.Context) (sqldriver.Conn, error) {
	return refusingConn{err: c.err}, nil
}

func (refusingConnector) Driver() sqldriver.Driver { return nil }

func TestOutcomeOfALostCommit(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		class error
	}{
		{"nothing was sent", sqldriver.ErrBadConn, driver.ErrConnection},
		{"no answer", io.ErrUnexpectedEOF, driver.ErrCommitUnknown},
	} {
		t.Run(c.name, func(t *testing.T) {
			db := sqlexec.NewPool(sql.OpenDB(&sqlexec.Connector{Connector: refusingConnector{c.err}}))
			defer db.Close()
			session, err := sqlexec.NewSession(&sqlexec.Profile{
				Caps:     &driver.Caps{Name: "fake", Transactions: true},
				Acquire:  func(ctx context.Context, _ sqlexec.Use) (*sqlexec.Lease, error) { return db.Acquire(ctx) },
				Begin:    func(driver.SessionOptions) []string { return []string{"BEGIN"} },
				Classify: func(error) *driver.Error { return &driver.Error{Class: driver.ErrConnection} },
			}, driver.SessionOptions{Transaction: true})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := session.ExecText(t.Context(), "update t set n = 1"); err != nil {
				t.Fatal(err)
			}
			err = session.End(t.Context(), true)
			if e, ok := errors.AsType[*driver.Error](err); !ok || e.Class != c.class {
				t.Errorf("the class is not %q: %v", c.class, err)
			}
		})
	}
}
