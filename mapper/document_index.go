package mapper

import (
	"strconv"
	"time"
)

// DocumentIndex is what only indexes of document databases have. An index with any of it
// is refused by the schema tools of SQL engines. The zero value is that of a plain index.
type DocumentIndex struct {
	// Expires lets the database remove documents once the time that the index's only
	// property holds is After ago; documents without a time stay.
	Expires bool
	After   time.Duration
	// Sparse leaves documents out that have none of the properties. On MongoDB that are
	// those without the fields: NULL is a field, but for documents and raw JSON.
	Sparse bool
	// Filter limits the index to documents for which this condition on the entity's own
	// properties is true.
	Filter map[string]any
	// Wildcard covers every place inside of the properties, which are documents, or of the
	// whole document where no properties are named.
	Wildcard bool
	// Geo makes it an index of places on the earth.
	Geo bool
	// Locale sorts and compares text as people there do, from 1 (letters alone) to 3 (marks
	// and case, the default) by Strength; "" is by code point.
	Locale   string
	Strength int
}

// isZero reports a plain index.
func (x *DocumentIndex) isZero() bool {
	return !x.Expires && x.After == 0 && !x.Sparse && x.Filter == nil && !x.Wildcard && !x.Geo && x.Locale == "" && x.Strength == 0
}

// documentIndex checks what an index of documents says about itself; "" when it is in order.
func (x *Index) documentIndex() string {
	d := x.Document
	only := func() ValueKind {
		if len(x.Columns) != 1 || x.Columns[0].Type == nil {
			return 0
		}
		return x.Columns[0].Type.StoredKind()
	}
	switch {
	case d.Expires && only() != Time && only() != Date:
		return "one by which documents expire is about one time"
	case d.After < 0, d.After > 0 && !d.Expires:
		return "the time after which documents expire is a positive one, of an index that lets them expire"
	case d.After%time.Second != 0:
		return "documents expire after whole seconds"
	case d.Wildcard && (x.Unique || d.Expires || d.Geo || x.Fulltext || len(x.Columns) > 1 || len(x.Columns) == 1 && only() != JSON):
		return "a wildcard covers one document, or all of them, and is neither unique nor of another kind"
	case d.Geo && (x.Unique || x.Fulltext):
		return "one of places is neither unique nor for text search"
	case d.Strength != 0 && (d.Locale == "" || d.Strength < 0 || d.Strength > 5):
		return "a strength is 1 to 5, of a locale"
	case x.Where != "" || x.Expression != "":
		return "what SQL says and what documents have do not go together; a condition is Filter"
	case d.Filter != nil && d.Sparse:
		return "it is sparse or has a filter, not both"
	}
	return ""
}

func (x *DocumentIndex) dump() string {
	return cond(x.Expires, " expires after "+x.After.String()) + cond(x.Sparse, " sparse") + cond(x.Filter != nil, " filtered") + cond(x.Wildcard, " wildcard") +
		cond(x.Geo, " geo") + cond(x.Locale != "", " locale "+x.Locale) + cond(x.Strength != 0, " strength "+strconv.Itoa(x.Strength))
}
