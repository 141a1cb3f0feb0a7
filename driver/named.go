package driver

// Named tells servers apart where several are used as one. It is implemented by
// connectors that were given a name, and by rows that know who sent them.
type Named interface {
	// Name returns the name of the server: "primary", "replica1", or the one its connector was given.
	Name() string
}

// ServerOf returns the name of the server that sent rows, "" where there is only
// one. Rows that wrap others implement Unwrap() Rows. A read that had to be
// repeated elsewhere may change the answer until the first row is there.
func ServerOf(r Rows) string {
	for {
		if named, ok := r.(Named); ok {
			return named.Name()
		}
		wrapper, ok := r.(interface{ Unwrap() Rows })
		if !ok {
			return ""
		}
		r = wrapper.Unwrap()
	}
}
