package input

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxDepth bounds the nesting of a document; conditions allow less.
const maxDepth = 1000

// Document is a JSON text with the positions of its pieces. It is immutable.
type Document struct {
	// Text is what was parsed.
	Text string

	root *node
}

// Span is a piece of a text, in bytes: from Start up to End.
type Span struct{ Start, End int }

// node is a JSON value.
type node struct {
	span    Span
	value   any
	members map[string]*member
	items   []*node
}

// member is an entry of an object.
type member struct {
	key  Span // without the quotes
	node *node
}

// SyntaxError is a text that is no JSON.
type SyntaxError struct {
	// Text is the whole text, Span the piece at fault.
	Text string
	Span Span
	// Message says what is wrong.
	Message string
}

// Error returns the message with the byte position.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("input: byte %d: %s", e.Span.Start, e.Message)
}

// Parse reads a JSON text. The error is a *SyntaxError.
func Parse(text string) (*Document, error) {
	p := &parser{text: text, dec: json.NewDecoder(strings.NewReader(text))}
	p.dec.UseNumber()
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, p.fail(p.start(), "there is more after the end of the value")
	}
	return &Document{Text: text, root: root}, nil
}

// Value returns the document as Go values: map[string]any, []any, string, bool,
// nil, int64 for whole numbers that fit, and json.Number, which keeps every digit, for others.
func (d *Document) Value() any { return d.root.value }

// Find returns where the value stands that keys (of objects) and positions (in
// arrays) lead to, and the key before it; key is the value itself in an array
// and at the root. It goes as far as keys lead.
func (d *Document) Find(keys []string) (key, value Span) {
	n := d.root
	key = n.span
	for _, k := range keys {
		inner := n.at(k)
		if inner == nil {
			break
		}
		key = inner.span
		if m := n.members[k]; m != nil {
			key = m.key
		}
		n = inner
	}
	return key, n.span
}

// Has reports whether keys lead to a value.
func (d *Document) Has(keys []string) bool {
	n := d.root
	for _, k := range keys {
		if n = n.at(k); n == nil {
			return false
		}
	}
	return true
}

// at returns the value under a key or position, or nil.
func (n *node) at(key string) *node {
	if m := n.members[key]; m != nil {
		return m.node
	}
	if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.items) {
		return n.items[i]
	}
	return nil
}

type parser struct {
	text string
	dec  *json.Decoder
}

// start is where the next token begins.
func (p *parser) start() int {
	i := int(p.dec.InputOffset())
	for i < len(p.text) && strings.IndexByte(" \t\r\n,:", p.text[i]) >= 0 {
		i++
	}
	return i
}

func (p *parser) fail(at int, message string) error {
	at = min(at, len(p.text))
	return &SyntaxError{Text: p.text, Span: Span{at, min(at+1, len(p.text))}, Message: message}
}

// token reads the next token.
func (p *parser) token() (json.Token, Span, error) {
	at := p.start()
	t, err := p.dec.Token()
	if err == nil {
		return t, Span{at, int(p.dec.InputOffset())}, nil
	}
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, Span{}, p.fail(len(p.text), "the text ends too early")
	case errors.As(err, &syntax):
		return nil, Span{}, p.fail(max(int(syntax.Offset)-1, at), syntax.Error())
	}
	return nil, Span{}, p.fail(at, err.Error())
}

// value reads a value.
func (p *parser) value(depth int) (*node, error) {
	t, span, err := p.token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, p.fail(span.Start, "nested too deep")
	}
	n := &node{span: span, value: t}
	switch t := t.(type) {
	case json.Number:
		n.value = number(t)
	case json.Delim:
		if t == '{' {
			err = p.object(n, depth)
		} else {
			err = p.array(n, depth)
		}
	}
	return n, err
}

// object reads the members of an object, whose brace was read.
func (p *parser) object(n *node, depth int) error {
	values := map[string]any{}
	n.members, n.value = map[string]*member{}, values
	for p.dec.More() {
		t, span, err := p.token()
		if err != nil {
			return err
		}
		name, ok := t.(string)
		if !ok {
			return p.fail(span.Start, "a key must be text in double quotes")
		}
		if n.members[name] != nil {
			return &SyntaxError{Text: p.text, Span: span, Message: "the key " + strconv.Quote(name) + " stands here twice"}
		}
		inner, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.members[name] = &member{key: Span{span.Start + 1, span.End - 1}, node: inner}
		values[name] = inner.value
	}
	return p.end(n)
}

// array reads the items of an array, whose bracket was read.
func (p *parser) array(n *node, depth int) error {
	values := []any{}
	for p.dec.More() {
		inner, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.items, values = append(n.items, inner), append(values, inner.value)
	}
	n.value = values
	return p.end(n)
}

// end reads the closing brace or bracket.
func (p *parser) end(n *node) error {
	_, span, err := p.token()
	n.span.End = span.End
	return err
}

// number keeps whole numbers as int64 and every other number as its text.
func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	return n
}
