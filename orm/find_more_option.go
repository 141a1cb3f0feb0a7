package orm

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/find"
)

// Label puts a name before the statements of a find, those of its relations too, as a
// comment that the log of the server and weft's own log show: "orders.list". Statements are
// prepared once for each label, so that it should be one of few; see [Comment]. What could
// end the comment is taken out of it. Engines without statements ignore it.
func Label(name string) FindOption {
	return func(o *findOptions) { o.Comments = append(o.Comments, name) }
}

// Comment is [Label] for text that differs from call to call, a trace for one. Statements with
// it are compiled anew each time.
func Comment(text string) FindOption {
	return func(o *findOptions) { o.Comments, o.Unkept = append(o.Comments, text), true }
}

// IndexHint tells the engine by which of the named indexes to read the roots (MySQL, MariaDB,
// SQLite and MongoDB, the last two one index). Elsewhere it is a driver.ErrUnsupported.
func IndexHint(names ...string) FindOption {
	return func(o *findOptions) {
		if len(names) == 0 {
			o.refuse("an index hint names an index")
		}
		o.Indexes = append(o.Indexes, names...)
	}
}

// NoEager leaves out relations that are mapped as eager.
func NoEager() FindOption { return func(o *findOptions) { o.NoEager = true } }

// Exclude leaves properties out of a read, by path from the root: "text", "books.text". Keys,
// versions and foreign keys always come along. With [Fields] it takes from what they name.
func Exclude(paths ...string) FindOption {
	return func(o *findOptions) { o.exclude = append(o.exclude, paths...) }
}

// excluding turns what is left out into the fields that are read.
func (o *findOptions) excluding(e *mapper.Entity) error {
	if len(o.exclude) == 0 {
		return nil
	}
	c := cloning{root: e}
	prefixes := []string{}
	for _, path := range o.exclude {
		if err := c.leads(path, false); err != nil {
			if own, ok := err.(*Error); ok {
				own.Op = "find"
			}
			return err
		}
		prefix, target := "", e
		pieces := strings.Split(path, ".")
		for len(pieces) > 0 {
			p, used := propertyAt(target, pieces)
			if p.Relation == nil || used == len(pieces) {
				break
			}
			prefix, target, pieces = dotted(prefix, p.Path), p.Relation.Target, pieces[used:]
		}
		if !slices.Contains(prefixes, prefix) {
			prefixes = append(prefixes, prefix)
			o.spellOut(prefix, target)
		}
	}
	left := func(path string) bool {
		return slices.ContainsFunc(o.exclude, func(x string) bool { return path == x || strings.HasPrefix(path, x+".") })
	}
	o.Fields = slices.DeleteFunc(slices.Clone(o.Fields), left)
	for i, prefix := range prefixes { // one that is left without fields still reads its key
		if target := targets(e, prefix); target != nil && i >= 0 {
			for _, key := range target.Key {
				o.Fields = append(o.Fields, dotted(prefix, key.Path))
			}
		}
	}
	return nil
}

// spellOut names the fields of an ordinary read behind a prefix, unless some are named.
func (o *findOptions) spellOut(prefix string, target *mapper.Entity) {
	named := func(path string) bool {
		if prefix == "" {
			p, used := propertyAt(target, strings.Split(path, "."))
			return p != nil && (p.Relation == nil || used == strings.Count(path, ".")+1)
		}
		return strings.HasPrefix(path, prefix+".")
	}
	if slices.ContainsFunc(o.Fields, named) {
		return
	}
	for _, p := range find.Ordinary(target) {
		if p.Entity == target || target.IsSubtypeOf(p.Entity) {
			o.Fields = append(o.Fields, dotted(prefix, p.Path))
		}
	}
}

// targets is the entity that a path of relations leads to.
func targets(e *mapper.Entity, path string) *mapper.Entity {
	if path == "" {
		return e
	}
	pieces := strings.Split(path, ".")
	for len(pieces) > 0 {
		p, used := propertyAt(e, pieces)
		if p == nil || p.Relation == nil {
			return nil
		}
		e, pieces = p.Relation.Target, pieces[used:]
	}
	return e
}
