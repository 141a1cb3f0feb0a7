package mongo

import (
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"github.com/weft-orm/weft/conditions"
)

// hole is a place in a template filled from an argument slot. The value put
// there is what fill makes of the argument: a single value, a list, or a whole
// filter where the form depends on the value (the size of an array, say).
type hole struct {
	slot conditions.Slot
	// form describes what is made of the argument, for the unbound text; "" is the value itself.
	form string
	fill func(arg any) (any, error)
	// parts are the slots of a value made of several arguments, named for the unbound text;
	// join makes it. They are nil for others.
	parts []conditions.Slot
	names []string
	join  func(args []any) (any, error)
}

// together is a hole for a value made of several arguments.
func together(slots []conditions.Slot, names []string, join func(args []any) (any, error)) *hole {
	return &hole{parts: slots, names: names, join: join}
}

// String returns "?0", or "size(?0)" with a form.
func (h *hole) String() string {
	if h.join != nil {
		texts := make([]string, len(h.parts))
		for i, slot := range h.parts {
			texts[i] = fmt.Sprintf("%s: ?%d", h.names[i], int(slot))
		}
		return "{" + strings.Join(texts, ", ") + "}"
	}
	if h.form == "" {
		return fmt.Sprintf("?%d", int(h.slot))
	}
	return fmt.Sprintf("%s(?%d)", h.form, int(h.slot))
}

// value is a hole for one encoded value.
func value(slot conditions.Slot) *hole { return &hole{slot: slot, fill: Encode} }

// computed is a hole for something made of the argument.
func computed(slot conditions.Slot, form string, fill func(arg any) (any, error)) *hole {
	return &hole{slot: slot, form: form, fill: fill}
}

// bind returns the template with its holes filled. Parts without holes are
// shared with the template, which must therefore never be changed.
func bind(template any, args []any) (any, error) {
	switch t := template.(type) {
	case *hole:
		if t.join != nil {
			return t.joined(args)
		}
		if int(t.slot) >= len(args) {
			return nil, missing(t.slot, args)
		}
		return t.fill(args[t.slot])
	case bson.D:
		return bindDocument(t, args)
	case bson.A:
		return bindArray(t, args)
	}
	return template, nil
}

func missing(slot conditions.Slot, args []any) error {
	return fmt.Errorf("%w: argument %d of %d is missing", ErrValue, int(slot), len(args))
}

// joined makes the value of several arguments.
func (h *hole) joined(args []any) (any, error) {
	own := make([]any, len(h.parts))
	for i, slot := range h.parts {
		if int(slot) >= len(args) {
			return nil, missing(slot, args)
		}
		own[i] = args[slot]
	}
	return h.join(own)
}

func bindDocument(t bson.D, args []any) (any, error) {
	out := t
	for i := range t {
		if !open(t[i].Value) {
			continue
		}
		v, err := bind(t[i].Value, args)
		if err != nil {
			return nil, err
		}
		if &out[0] == &t[0] {
			out = append(bson.D(nil), t...)
		}
		out[i].Value = v
	}
	return out, nil
}

func bindArray(t bson.A, args []any) (any, error) {
	out := t
	for i := range t {
		if !open(t[i]) {
			continue
		}
		v, err := bind(t[i], args)
		if err != nil {
			return nil, err
		}
		if &out[0] == &t[0] {
			out = append(bson.A(nil), t...)
		}
		out[i] = v
	}
	return out, nil
}

// open reports that a template has holes.
func open(template any) bool {
	switch t := template.(type) {
	case *hole:
		return true
	case bson.D:
		for i := range t {
			if open(t[i].Value) {
				return true
			}
		}
	case bson.A:
		for i := range t {
			if open(t[i]) {
				return true
			}
		}
	}
	return false
}

// document binds a template that must become a document.
func document(template any, args []any) (bson.D, error) {
	if template == nil {
		return nil, nil
	}
	v, err := bind(template, args)
	if err != nil {
		return nil, err
	}
	return v.(bson.D), nil
}
