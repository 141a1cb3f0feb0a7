package replica

import "github.com/weft-orm/weft/driver"

// rows are those of a replica. When it is lost before the first row, the read is
// repeated elsewhere.
type rows struct {
	driver.Rows
	again   func() (driver.Rows, error) // nil once a row was read
	err     error
	stopped bool
}

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
	if again == nil || !lost(r.err) {
		return false
	}
	other, err := again()
	if err != nil {
		r.err = err
		return false
	}
	r.Rows, r.stopped, r.err = other, false, nil
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
