package sqlexec

import (
	"errors"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/qb"
	"github.com/weft-orm/weft/qb/sql"
)

// Program is a compiled query. Exactly one of Statement and Rows is set.
type Program struct {
	// Statement is a read or a bulk write.
	Statement *sql.Statement
	// Rows is a row-form write.
	Rows *sql.WriteStatement
	// Write is the logical write, nil for a read.
	Write *qb.Write
	// Text is a statement written by a user, else nil.
	Text *qb.Text
}

// Compile compiles q for dialect d.
func Compile(d *sql.Dialect, q qb.Query) (*Program, error) {
	p := &Program{}
	var err error
	p.Text, _ = q.(*qb.Text)
	w, ok := q.(*qb.Write)
	if ok && !isConditionForm(w) {
		p.Write = w
		p.Rows, err = d.CompileWrite(w)
	} else {
		p.Write = w
		p.Statement, err = d.Compile(q)
	}
	if err == nil {
		return p, nil
	}
	if errors.Is(err, sql.ErrUnsupported) {
		return nil, &driver.Error{Class: driver.ErrUnsupported, Engine: d.Name(), Op: -1, Row: -1, Err: err}
	}
	return nil, err
}

// String returns the text; that of one row for a row-form write.
func (p *Program) String() string {
	if p.Rows != nil {
		return p.Rows.Text(1)
	}
	return p.Statement.Text
}

// Places implements driver.Placed.
func (p *Program) Places() []driver.Place {
	if p.Statement == nil {
		return nil
	}
	places := make([]driver.Place, len(p.Statement.Uses))
	for i, use := range p.Statement.Uses {
		places[i] = driver.Place{Slot: use.Slot, Const: use.Const}
	}
	return places
}

func isConditionForm(w *qb.Write) bool {
	return w.All || w.Where != nil || len(w.Assign) > 0 || w.Kind == qb.Truncate
}
