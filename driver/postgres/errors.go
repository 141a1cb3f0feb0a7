package postgres

import (
	"context"
	"errors"
	"io"
	"net"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/weft-orm/weft/driver"
)

// classes maps SQLSTATE codes to classes.
var classes = map[string]error{
	"23505": driver.ErrUniqueViolation,
	"23P01": driver.ErrUniqueViolation, // exclusion constraint
	"23503": driver.ErrForeignKeyViolation,
	"23001": driver.ErrForeignKeyViolation,
	"23502": driver.ErrNotNullViolation,
	"23514": driver.ErrCheckViolation,
	"40P01": driver.ErrDeadlock,
	"40001": driver.ErrSerialization,
	"55P03": driver.ErrLockTimeout,
	"57014": driver.ErrCanceled,
	"25006": driver.ErrReadOnly,
	"25P02": driver.ErrDoomed,
	"22004": driver.ErrNotNullViolation, // a NULL that a function does not take
	"2201B": driver.ErrSyntax,           // a regular expression
	"44000": driver.ErrCheckViolation,   // the check option of a view
	"0A000": driver.ErrUnsupported,
	"42P01": driver.ErrUndefined,
	"42703": driver.ErrUndefined,
	"42704": driver.ErrUndefined,
	"42883": driver.ErrUnsupported, // a function, or an operator for these types
	"3F000": driver.ErrUndefined,
	"3D000": driver.ErrUndefined,
	"42501": driver.ErrReadOnly,
	"53100": driver.ErrDiskFull,
	"53300": driver.ErrConnection,
	"57P01": driver.ErrConnection,
	"57P02": driver.ErrConnection,
	"57P03": driver.ErrConnection,
	"57P05": driver.ErrConnection,
	"25P03": driver.ErrConnection,
}

// families maps the first two characters of codes that are not in classes.
var families = map[string]error{
	"08": driver.ErrConnection,
	"28": driver.ErrConnection,
	"0A": driver.ErrUnsupported,
	"22": driver.ErrOutOfRange, // values that are not of their type, division by zero, and kin
	"42": driver.ErrSyntax,
	"54": driver.ErrOutOfRange, // too long, too many, too deep
	"40": driver.ErrSerialization,
}

// failure turns any error of pgx into an *driver.Error. c is nil when there was no connection.
func failure(ctx context.Context, c *pgxpool.Conn, err error, text string) *driver.Error {
	if e, ok := errors.AsType[*driver.Error](err); ok {
		return e
	}
	e := &driver.Error{Class: driver.ErrOther, Engine: caps.Name, Err: err}
	native, ok := errors.AsType[*pgconn.PgError](err)
	cause := driver.Ended(ctx)
	switch {
	case cause != nil && (!ok || native.Code == "57014"):
		e.Class, e.Err = driver.ErrCanceled, cause
	case ok:
		fill(e, native)
	case unfit(err):
		e.Class = driver.ErrOutOfRange
	case c == nil || c.Conn().IsClosed():
		e.Class = driver.ErrConnection
	}
	return e.At(text, -1, -1)
}

// unfit reports a parameter that pgx could not write in the form of its column, as
// when the column is narrower than the mapping says. The statement was not sent,
// but pgx gives the connection up.
func unfit(err error) bool {
	if _, building := errors.AsType[pgx.ErrPreprocessingBatch](err); !building {
		return false
	}
	_, refused := errors.AsType[*pgconn.PgError](err)
	_, network := errors.AsType[net.Error](err)
	return !refused && !network && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, net.ErrClosed)
}

// stale reports a prepared statement whose result another one has changed: a column
// was added to its table, or has another type. The code is that of everything
// PostgreSQL does not support; the routine tells.
func stale(err error) bool {
	native, ok := errors.AsType[*pgconn.PgError](err)
	return ok && native.Code == "0A000" && native.Routine == "RevalidateCachedQuery"
}

// fill takes what the server says.
func fill(e *driver.Error, native *pgconn.PgError) {
	e.Code, e.Constraint, e.Table = native.Code, native.ConstraintName, native.TableName
	if native.ColumnName != "" {
		e.Columns = []string{native.ColumnName}
	}
	if stale(native) {
		e.Class = driver.ErrSerialization // the same transaction succeeds when it is repeated
	} else if class, ok := classes[native.Code]; ok {
		e.Class = class
	} else if len(native.Code) == 5 {
		if class, ok := families[native.Code[:2]]; ok {
			e.Class = class
		}
	}
}

func readOnly() error {
	return (&driver.Error{Class: driver.ErrReadOnly, Engine: caps.Name}).At("", -1, -1)
}
