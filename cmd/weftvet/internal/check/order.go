package check

import (
	"errors"
	"strings"

	"github.com/weft-orm/weft/cmd/weftvet/internal/model"
	"github.com/weft-orm/weft/cmd/weftvet/internal/value"
	"github.com/weft-orm/weft/conditions"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/qb"
)

// order judges order entries, each by itself.
func (f *reading) order(args []value.Value) {
	for _, arg := range args {
		for _, v := range expand(arg) {
			entry, ok := f.checker.orderEntry(v, f.model, f.env())
			if !ok {
				f.whole = false
				continue
			}
			f.request.Order = append(f.request.Order, entry)
			f.entries = append(f.entries, v)
		}
	}
}

// orderEntry judges one entry; ok is false when it is not known, or wrong.
func (c *Checker) orderEntry(v value.Value, m *model.Model, env conditions.Env) (entry any, ok bool) {
	if alt, isAlt := v.(*value.Alt); isAlt {
		for _, w := range alt.Values {
			c.orderEntry(w, m, env)
		}
		return nil, false
	}
	r := &realizer{checker: c, model: m}
	if _, unknown := v.(*value.Unknown); unknown {
		return nil, false
	}
	entry, ok = r.any(v)
	if list, isList := entry.([]any); isList { // a []string
		texts := make([]string, 0, len(list))
		for _, item := range list {
			if text, isText := item.(string); isText {
				texts = append(texts, text)
			}
		}
		entry = texts
	}
	if !ok || r.partial {
		return nil, false
	}
	if _, err := qb.ParseOrder(env, entry); err != nil {
		c.orderMistake(v, m, env.Entity, err)
		return nil, false
	}
	return entry, true
}

// orderMistake tells an error about an order entry where the piece at fault stands.
func (c *Checker) orderMistake(v value.Value, m *model.Model, e *mapper.Entity, err error) {
	var mistake *qb.Error
	if !errors.As(err, &mistake) {
		c.at(v.Node(), err.Error())
		return
	}
	if _, entity := model.Path(e, mistake.Path); errors.Is(err, qb.ErrUnknownProperty) && m.Unclear(entity) && named(mistake.Hint) == "" {
		return
	}
	if prop, _ := model.Path(e, mistake.Path); m.UnclearValue(prop) && !errors.Is(err, qb.ErrUnknownProperty) {
		return
	}
	text, at := pathIn(v, mistake.Path)
	if text == nil {
		c.at(v.Node(), err.Error())
		return
	}
	c.report(c.pathFinding(text, at, mistake.Path, e, named(mistake.Hint), err))
}

// pathIn finds the text within a value that holds a path, and where in it.
func pathIn(v value.Value, path string) (*value.Const, int) {
	switch v := v.(type) {
	case *value.Const:
		text, _ := value.Text(v)
		if i := strings.Index(text, path); i >= 0 && path != "" {
			return v, i
		}
		if text != "" && path == "" {
			return v, 0
		}
	case *value.Map:
		for _, e := range v.Entries {
			key, _ := value.Text(e.Key)
			if rest, ok := strings.CutPrefix(path, key+"."); ok {
				if text, at := pathIn(e.Value, rest); text != nil {
					return text, at
				}
			}
			if text, at := pathIn(e.Key, path); text != nil {
				return text, at
			}
			if strings.HasPrefix(path, key) && key != "" {
				return e.Key.(*value.Const), 0
			}
		}
	case *value.List:
		for _, item := range v.Items {
			if text, at := pathIn(item, path); text != nil {
				return text, at
			}
		}
	}
	return nil, 0
}

// pathFinding places an error at the piece of a path that does not exist.
func (c *Checker) pathFinding(text *value.Const, at int, path string, e *mapper.Entity, name string, err error) finding {
	from, to := badPiece(e, path)
	if all, _ := value.Text(text); at+to > len(all) {
		from, to = 0, len(all)-at
	}
	f := finding{message: err.Error()}
	f.start, f.end = place(text, at+from, at+to)
	f.fix = replace(text, at+from, at+to, name)
	return f
}

// badPiece is the first piece of a path that leads nowhere, the whole path when each leads on.
func badPiece(e *mapper.Entity, path string) (from, to int) {
	for i := 0; i <= len(path); {
		end := len(path)
		if dot := strings.IndexByte(path[i:], '.'); dot >= 0 {
			end = i + dot
		}
		if !exists(e, path[:end]) {
			return i, end
		}
		i = end + 1
	}
	return 0, len(path)
}

// exists reports a path of properties, or of types of a hierarchy, from an entity.
func exists(e *mapper.Entity, path string) bool {
	var last *mapper.Property
	at := e
	for piece := range strings.SplitSeq(path, ".") {
		switch {
		case last != nil && last.Kind == mapper.Inline:
			last = last.Sub(piece)
		case last != nil && !last.Kind.IsRelation():
			return true // inside a document
		default:
			if last != nil {
				at = last.Relation.Target
			}
			m := at.Meaning(piece)
			if m.Subtype != nil {
				at, last = m.Subtype, nil
				continue
			}
			last = m.Property
		}
		if last == nil {
			return false
		}
	}
	return true
}
