package postgres

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/weft-orm/weft/driver"
)

// TestClasses has the class of each kind of SQLSTATE.
func TestClasses(t *testing.T) {
	for class, codes := range map[error][]string{
		driver.ErrUniqueViolation: {"23505", "23P01"}, driver.ErrForeignKeyViolation: {"23503", "23001"}, driver.ErrNotNullViolation: {"23502", "22004"},
		driver.ErrCheckViolation: {"23514", "44000"}, driver.ErrDeadlock: {"40P01"}, driver.ErrSerialization: {"40001", "40003"}, driver.ErrLockTimeout: {"55P03"},
		driver.ErrCanceled: {"57014"}, driver.ErrReadOnly: {"25006", "42501"}, driver.ErrDoomed: {"25P02"}, driver.ErrDiskFull: {"53100"},
		driver.ErrOutOfRange:  {"22001", "22003", "22007", "22008", "22012", "22021", "22023", "22026", "22P02", "22P03", "22P05", "22030", "22032", "2202E", "54000", "54001", "54023"},
		driver.ErrUnsupported: {"0A000", "42883"}, driver.ErrUndefined: {"42P01", "42703", "42704", "3F000", "3D000"},
		driver.ErrSyntax: {"42601", "42803", "42804", "42P02", "42725", "42846", "42P18", "2201B"}, driver.ErrConnection: {"08006", "08P01", "28P01", "53300", "57P01", "57P03", "25P03"},
		driver.ErrOther: {"P0001", "XX000", "21000"},
	} {
		for _, code := range codes {
			e := &driver.Error{Class: driver.ErrOther}
			if fill(e, &pgconn.PgError{Code: code}); !errors.Is(e, class) {
				t.Errorf("%s is %v, want %v", code, e.Class, class)
			}
		}
	}
}
