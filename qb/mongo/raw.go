package mongo

import (
	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/qb"
)

// compileRaw makes a command of a pipeline written by a user.
func compileRaw(q *qb.Pipeline) *Command {
	stages, _ := rawTemplate(q.Stages).(bson.A)
	return &Command{Kind: Aggregate, Collection: Collection(q.Entity), Documents: true, pipeline: stages, entity: q.Entity}
}

// rawTemplate turns documents, lists and slots into those of the package.
func rawTemplate(v any) any {
	switch v := v.(type) {
	case conditions.D:
		out := make(bson.D, len(v))
		for i, e := range v {
			out[i] = bson.E{Key: e.Key, Value: rawTemplate(e.Value)}
		}
		return out
	case []any:
		out := make(bson.A, len(v))
		for i, x := range v {
			out[i] = rawTemplate(x)
		}
		return out
	case conditions.Slot:
		return &hole{slot: v, fill: encodeFree}
	}
	return v
}

// encodeFree encodes a canonical value; any other is one of the client's own.
func encodeFree(v any) (any, error) {
	if encoded, err := Encode(v); err == nil {
		return encoded, nil
	}
	return v, nil
}
