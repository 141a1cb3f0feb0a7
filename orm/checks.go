package orm

import (
	"errors"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// IgnoreChecks opens a database that cannot hold some of the checks in the mapping, which is an
// [ErrUnsupported] otherwise. MongoDB and the engine in memory hold what they understand of
// the SQL of a check; the others are left to the program then.
func IgnoreChecks() Option { return func(c *config) { c.ignoreChecks = true } }

// checkChecks refuses checks that the engine cannot hold.
func (db *DB) checkChecks(engine driver.Engine) error {
	holder, ok := driver.EngineAs[driver.CheckHolder](engine)
	if !ok || db.config.ignoreChecks {
		return nil
	}
	var errs []error
	for _, c := range holder.UnheldChecks(db.registry) {
		e := &Error{
			Class: ErrUnsupported, Op: "open", Entity: c.Entity.Name,
			Detail: fmt.Sprintf("%s cannot hold the check (%s): %s; write it with comparisons, IN, BETWEEN, LIKE, IS NULL and arithmetic, or open with orm.IgnoreChecks",
				engine.Caps().Name, c.Check.Expression, c.Why),
		}
		if c.Check.Property != nil {
			e.Path = c.Check.Property.Path
		}
		errs = append(errs, e)
	}
	return errors.Join(errs...)
}
