package qb

// Statement is a query as one engine would run it.
type Statement struct {
	// Text is SQL, or a pipeline as JSON.
	Text string
	// Args are the engine's parameters, in order.
	Args []any
}

// Printer writes queries for one engine. The dialects of qb/sql are printers.
type Printer interface {
	// Print translates a query with its canonical arguments by slot; rows of a
	// row-form write follow each other.
	Print(q Query, args []any) (Statement, error)
}

// ToSQL returns the statement a dialect makes of the query, and its parameters.
func (b *Builder) ToSQL(p Printer) (string, []any, error) {
	q, args, err := b.Query()
	if err != nil {
		return "", nil, err
	}
	st, err := p.Print(q, args)
	return st.Text, st.Args, err
}
