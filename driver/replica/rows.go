package replica

import "github.com/weft-orm/weft/driver"

// rows implement driver.Named. While those of a replica have not had a first row,
// a read that fails is repeated elsewhere.
type rows struct {
	driver.Rows
	server  string
	again   func(err error) (*rows, error) // nil once a row was read, and for the primary
	err     error
	stopped bool
}

// Name implements driver.Named: who sent the rows.
func (r *rows) Name() string { return r.server }

// Unwrap returns the rows of the engine below.
func (r *rows) Unwrap() driver.Rows { return r.Rows }

// Next implements driver.Rows.
func (r *rows) Next() bool {
	if r.stopped {
		return false
	}
	if r.Rows.Next() {
		r.again = nil
		return true
	}
	again := r.again
	r.stopped, r.again, r.err = true, nil, r.Rows.Close()
	if again == nil || !elsewhere(r.err) {
		return false
	}
	other, err := again(r.err)
	if err != nil {
		r.err = err
		return false
	}
	*r = *other
	return r.Next()
}

// Close implements driver.Rows.
func (r *rows) Close() error {
	if r.stopped {
		return r.err
	}
	r.stopped, r.err = true, r.Rows.Close()
	return r.err
}
