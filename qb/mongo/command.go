package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
)

// Kind is what a [Command] does.
type Kind uint8

// The kinds of commands.
const (
	// Find reads documents of one collection.
	Find Kind = iota + 1
	// Aggregate runs a pipeline.
	Aggregate
	// Rows turns rows of values into bulk write models, see [Command.BindRows].
	Rows
	// UpdateMany and DeleteMany change the documents that match a filter.
	UpdateMany
	DeleteMany
)

// Command is a compiled query: a template whose holes are argument slots. It is
// immutable and safe for concurrent use.
type Command struct {
	// Kind says which of the other facts hold.
	Kind Kind
	// Database is the database of the collection, "" for the connection's own.
	Database string
	// Collection is the collection read or written.
	Collection string
	// Cells are the columns of a result row, in order.
	Cells []Cell
	// Default is the single row of a result without documents (the 0 of a
	// count); nil where no documents means no rows.
	Default []any
	// Comment is attached to what is sent, for the server's logs; "" is none.
	Comment string
	// Hint is the name of the index to read by; "" leaves the choice to the server.
	Hint string
	// Counter is the auto-increment key column that an insert must be given
	// numbers for, else nil. The numbers come first in each row of BindRows.
	Counter *mapper.Column
	// Made makes the values of columns that an insert leaves to their defaults.
	// They come last in each row of BindRows.
	Made []func() any
	// Returned are the positions, in such a row, of the values to be returned.
	Returned []int
	// Keys collects the _ids that UpdateMany or DeleteMany is about, when that
	// takes a pipeline; else nil. See [Command.BindKeys].
	Keys *Command

	// Documents reports results that are documents as they are, without Cells.
	Documents bool

	filter, sort, skip, limit any
	project                   bson.D
	pipeline                  bson.A
	update                    any
	positive                  []conditions.Slot
	rows                      rowWriter
	entity                    *mapper.Entity
}

// Request is a command with its values in place.
type Request struct {
	// Filter, Projection, Sort, Skip and Limit make a find; nil and 0 are none.
	// Filter is also that of UpdateMany and DeleteMany.
	Filter, Projection, Sort bson.D
	Skip, Limit              int64
	// Pipeline makes an aggregation.
	Pipeline bson.A
	// Update is the change of UpdateMany: a document, or a pipeline.
	Update any
	// Empty reports that the answer is known to be no rows: a limit of 0.
	Empty bool
}

// Bind fills the holes with canonical values by slot number.
func (c *Command) Bind(args []any) (*Request, error) {
	r := &Request{Projection: c.project}
	for _, slot := range c.positive {
		n, err := whole(args[slot])
		if err != nil {
			return nil, err
		}
		r.Empty = r.Empty || n <= 0
	}
	if r.Empty {
		return r, nil
	}
	if c.pipeline != nil {
		stages, err := bind(c.pipeline, args)
		if err != nil {
			return nil, err
		}
		r.Pipeline = stages.(bson.A)
		return r, nil
	}
	var err error
	if r.Filter, err = document(c.filter, args); err != nil {
		return nil, err
	}
	if r.Sort, err = document(c.sort, args); err != nil {
		return nil, err
	}
	if r.Skip, err = number(c.skip, args); err != nil {
		return nil, err
	}
	if r.Limit, err = number(c.limit, args); err != nil {
		return nil, err
	}
	r.Update, err = bind(c.update, args)
	return r, err
}

// BindKeys is Bind for a command with Keys, once they were collected.
func (c *Command) BindKeys(args []any, keys bson.A) (*Request, error) {
	update, err := bind(c.update, args)
	return &Request{Filter: is(keyField, op("$in", keys)), Update: update}, err
}

// number binds a template that must become a whole number; nil is 0.
func number(template any, args []any) (int64, error) {
	if template == nil {
		return 0, nil
	}
	v, err := bind(template, args)
	if err != nil {
		return 0, err
	}
	return whole(v)
}
