package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"

	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// plan tells which fields of a result document are which cells of a row, so that
// one walk over the document finds them all.
type plan struct {
	cells []weftmongo.Cell
	root  branch
}

// branch is what a plan knows about the fields of one (sub-)document.
type branch map[string]*field

type field struct {
	cells []int // read from this field
	below branch
}

func newPlan(cells []weftmongo.Cell) *plan {
	p := &plan{cells: cells, root: branch{}}
	for i, cell := range cells {
		at := p.root
		for j, name := range cell.Path {
			f := at[name]
			if f == nil {
				f = &field{}
				at[name] = f
			}
			if j == len(cell.Path)-1 {
				f.cells = append(f.cells, i)
				break
			}
			if f.below == nil {
				f.below = branch{}
			}
			at = f.below
		}
	}
	return p
}

// walk puts the values of a document's fields in their cells. The values refer
// to the memory of the document.
func (b branch) walk(doc []byte, cells []bson.RawValue) error {
	_, rest, ok := bsoncore.ReadLength(doc)
	for ok && len(rest) > 1 {
		var e bsoncore.Element
		if e, rest, ok = bsoncore.ReadElement(rest); !ok {
			break
		}
		f := b[string(e.KeyBytes())]
		if f == nil {
			continue
		}
		v := e.Value()
		for _, i := range f.cells {
			cells[i] = bson.RawValue{Type: bson.Type(v.Type), Value: v.Data}
		}
		if f.below != nil && v.Type == bsoncore.TypeEmbeddedDocument {
			if err := f.below.walk(v.Data, cells); err != nil {
				return err
			}
		}
	}
	if !ok {
		return bsoncore.NewInsufficientBytesError(doc, rest)
	}
	return nil
}
