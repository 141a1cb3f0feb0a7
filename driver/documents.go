package driver

// Documents are rows that have fields of their own, each other ones maybe: the result of
// a *qb.Pipeline.
type Documents interface {
	Rows
	// Fields returns the fields of the current document, in order, with canonical values;
	// documents and lists inside it are json.RawMessage.
	Fields() (names []string, values []any, err error)
}

// Native is implemented by engines and sessions that can lend the client's own objects,
// for what weft has no words for. They belong to the engine. A session gives what
// belongs to its transaction, once that has begun.
type Native interface {
	Native() []any
}
