package sql

import (
	"fmt"
	"strings"
)

// Quote writes an identifier, with the quote character doubled inside.
func (d *Dialect) Quote(ident string) string {
	q := string(d.quote)
	return q + d.escape(ident) + q
}

// escape doubles the quote character, which goqu does not.
func (d *Dialect) escape(ident string) string {
	if strings.IndexByte(ident, d.quote) < 0 {
		return ident
	}
	q := string(d.quote)
	return strings.ReplaceAll(ident, q, q+q)
}

// checkIdentifier refuses names no engine can hold. A lone star is refused
// because printers take it for "all columns".
func checkIdentifier(name string) error {
	if name == "" || name == "*" || strings.IndexByte(name, 0) >= 0 {
		return fmt.Errorf("%w: %q", ErrIdentifier, name)
	}
	return nil
}
