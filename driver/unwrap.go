package driver

// ConnectorAs finds the optional interface T in c or in a connector that c
// wraps; a wrapping connector implements Unwrap() Connector.
func ConnectorAs[T any](c Connector) (T, bool) {
	for {
		if found, ok := c.(T); ok {
			return found, true
		}
		wrapper, ok := c.(interface{ Unwrap() Connector })
		if !ok {
			var none T
			return none, false
		}
		c = wrapper.Unwrap()
	}
}

// EngineAs finds the optional interface T in e or in an engine that e wraps: a
// wrapper that adds tracing, say, implements Unwrap() Engine and need not
// repeat what the engine below can do.
func EngineAs[T any](e Engine) (T, bool) {
	for {
		if found, ok := e.(T); ok {
			return found, true
		}
		wrapper, ok := e.(interface{ Unwrap() Engine })
		if !ok {
			var none T
			return none, false
		}
		e = wrapper.Unwrap()
	}
}

// SessionAs finds the optional interface T in s or in a session that s wraps; a
// wrapping session implements Unwrap() Session.
func SessionAs[T any](s Session) (T, bool) {
	for {
		if found, ok := s.(T); ok {
			return found, true
		}
		wrapper, ok := s.(interface{ Unwrap() Session })
		if !ok {
			var none T
			return none, false
		}
		s = wrapper.Unwrap()
	}
}

// RowsAs finds the optional interface T in r or in rows that r wraps; wrapping rows
// implement Unwrap() Rows.
func RowsAs[T any](r Rows) (T, bool) {
	for {
		if found, ok := r.(T); ok {
			return found, true
		}
		wrapper, ok := r.(interface{ Unwrap() Rows })
		if !ok {
			var none T
			return none, false
		}
		r = wrapper.Unwrap()
	}
}

// ProgramAs finds the optional interface T in p or in a program that p wraps; a
// wrapping program implements Unwrap() Program.
func ProgramAs[T any](p Program) (T, bool) {
	for {
		if found, ok := p.(T); ok {
			return found, true
		}
		wrapper, ok := p.(interface{ Unwrap() Program })
		if !ok {
			var none T
			return none, false
		}
		p = wrapper.Unwrap()
	}
}
