package orm

import (
	"slices"
	"strings"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb/find"
)

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
	prefixes := []string{}
	for _, path := range o.exclude {
		if err := checkPath("find", e, path, false); err != nil {
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
	for _, prefix := range prefixes { // one that is left without fields still reads its key
		if target := targets(e, prefix); target != nil {
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
