package mongo

import (
	"context"
	"errors"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
	weftmongo "github.com/weft-orm/weft/qb/mongo"
)

// RunCommand implements driver.Commander. renameCollection takes names of the
// connection's own database.
func (e *engine) RunCommand(ctx context.Context, command string) (string, error) {
	var doc bson.D
	if err := bson.UnmarshalExtJSON([]byte(command), false, &doc); err != nil || len(doc) == 0 {
		return "", (&driver.Error{Class: driver.ErrSyntax, Engine: caps.Name, Err: errors.Join(errors.New("a command in Extended JSON is wanted"), err)}).At(command, -1, -1)
	}
	db := e.db
	if doc[0].Key == "renameCollection" {
		db = e.client.Database("admin")
		for i := range doc {
			if name, ok := doc[i].Value.(string); ok && i == 0 || ok && doc[i].Key == "to" {
				doc[i].Value = e.db.Name() + "." + name
			}
		}
	}
	raw, err := db.RunCommand(ctx, doc).Raw()
	if err != nil {
		return "", failure(ctx, err).At(command, -1, -1)
	}
	if err := refusedWrites(raw); err != nil {
		return "", failure(ctx, err).At(command, -1, -1)
	}
	text, err := bson.MarshalExtJSON(raw, false, false)
	if err != nil {
		return "", failure(ctx, err).At(command, -1, -1)
	}
	return string(text), nil
}

// refusedWrites is the error of writes in a reply that is none as a whole.
func refusedWrites(raw bson.Raw) error {
	var reply struct {
		Errors []struct {
			Index   int    `bson:"index"`
			Code    int    `bson:"code"`
			Message string `bson:"errmsg"`
		} `bson:"writeErrors"`
	}
	if err := bson.Unmarshal(raw, &reply); err != nil || len(reply.Errors) == 0 {
		return err
	}
	first := reply.Errors[0]
	return mongo.WriteException{WriteErrors: []mongo.WriteError{{Index: first.Index, Code: first.Code, Message: first.Message}}}
}

// Collections describes the collections that a registry needs in the connection's own
// database, in its order. It does no I/O.
func Collections(reg *mapper.Registry) ([]driver.Collection, error) {
	var list []driver.Collection
	at, together := map[string]int{}, map[string][]*mapper.Entity{}
	for _, e := range reg.Entities() {
		if isView(e) {
			continue
		}
		if schema := e.Root().Table.Schema; schema != "" && schema != "*" {
			return nil, refused(driver.ErrUnsupported, fmt.Errorf("%s stands in the database %s, and not in the connection's own", e.Name, schema))
		}
		name := weftmongo.Collection(e)
		if _, known := at[name]; !known {
			at[name] = len(list)
			list = append(list, driver.Collection{Name: name})
		}
		together[name] = append(together[name], e)
		indexes, err := weftmongo.Indexes(e)
		if err != nil {
			return nil, refused(driver.ErrUnsupported, err)
		}
		for _, ix := range indexes {
			if err := addIndex(&list[at[name]], ix); err != nil {
				return nil, err
			}
		}
	}
	for i := range list {
		validator, err := weftmongo.Validator(together[list[i].Name])
		if err != nil {
			return nil, refused(driver.ErrUnsupported, err)
		}
		if validator != nil {
			if list[i].Validator, err = text(validator); err != nil {
				return nil, err
			}
		}
	}
	return append(list, driver.Collection{Name: counters}), nil
}

func addIndex(c *driver.Collection, ix weftmongo.Index) error {
	spec := ix.Spec()
	name := spec[1].Value.(string)
	for _, known := range c.Indexes {
		if known.Name == name {
			return nil
		}
	}
	s, err := text(spec)
	c.Indexes = append(c.Indexes, driver.CollectionIndex{Name: name, Spec: s})
	return err
}

func text(doc bson.D) (string, error) {
	b, err := bson.MarshalExtJSON(doc, false, false)
	if err != nil {
		return "", refused(driver.ErrUnsupported, err)
	}
	return string(b), nil
}
