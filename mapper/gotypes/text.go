package gotypes

import (
	"go/types"
	"strconv"
	"strings"
)

// textOf writes a type as reflect.Type.String does, so that descriptors from
// both sources carry the same words.
func textOf(t types.Type) string {
	var b strings.Builder
	writeType(&b, t, (*types.Package).Name)
	return b.String()
}

// fullText writes a type with import paths: it tells any two types apart.
func fullText(t types.Type) string { return types.TypeString(t, nil) }

// writeType writes t; qualify names the packages outside of type arguments, which
// always carry their path.
func writeType(b *strings.Builder, t types.Type, qualify func(*types.Package) string) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		writeNamed(b, t, qualify)
	case *types.Basic:
		b.WriteString(basicKinds[t.Kind()].String())
	case *types.Pointer:
		b.WriteByte('*')
		writeType(b, t.Elem(), qualify)
	case *types.Slice:
		b.WriteString("[]")
		writeType(b, t.Elem(), qualify)
	case *types.Array:
		b.WriteString("[" + strconv.FormatInt(t.Len(), 10) + "]")
		writeType(b, t.Elem(), qualify)
	case *types.Map:
		b.WriteString("map[")
		writeType(b, t.Key(), qualify)
		b.WriteByte(']')
		writeType(b, t.Elem(), qualify)
	case *types.Struct:
		writeStruct(b, t, qualify)
	case *types.Interface:
		writeInterface(b, t, qualify)
	case *types.Signature:
		b.WriteString("func")
		writeSignature(b, t, qualify)
	default:
		b.WriteString(types.TypeString(t, qualify))
	}
}

func writeNamed(b *strings.Builder, t *types.Named, qualify func(*types.Package) string) {
	if pkg := t.Obj().Pkg(); pkg != nil {
		b.WriteString(qualify(pkg) + ".")
	}
	b.WriteString(t.Obj().Name())
	args := t.TypeArgs()
	if args.Len() == 0 {
		return
	}
	b.WriteByte('[')
	for i := range args.Len() {
		if i > 0 {
			b.WriteByte(',')
		}
		writeType(b, args.At(i), (*types.Package).Path)
	}
	b.WriteByte(']')
}

func writeStruct(b *strings.Builder, t *types.Struct, qualify func(*types.Package) string) {
	b.WriteString("struct {")
	for i := range t.NumFields() {
		if i > 0 {
			b.WriteByte(';')
		}
		b.WriteByte(' ')
		f := t.Field(i)
		if !f.Embedded() {
			b.WriteString(f.Name() + " ")
		}
		writeType(b, f.Type(), qualify)
		if tag := t.Tag(i); tag != "" {
			b.WriteString(" " + strconv.Quote(tag))
		}
	}
	if t.NumFields() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

func writeInterface(b *strings.Builder, t *types.Interface, qualify func(*types.Package) string) {
	b.WriteString("interface {")
	for i := range t.NumMethods() {
		if i > 0 {
			b.WriteByte(';')
		}
		m := t.Method(i)
		b.WriteString(" " + m.Name())
		writeSignature(b, m.Signature(), qualify)
	}
	if t.NumMethods() > 0 {
		b.WriteByte(' ')
	}
	b.WriteByte('}')
}

func writeSignature(b *strings.Builder, t *types.Signature, qualify func(*types.Package) string) {
	b.WriteByte('(')
	for i := range t.Params().Len() {
		if i > 0 {
			b.WriteString(", ")
		}
		p := t.Params().At(i).Type()
		if s, ok := p.(*types.Slice); ok && t.Variadic() && i == t.Params().Len()-1 {
			b.WriteString("...")
			p = s.Elem()
		}
		writeType(b, p, qualify)
	}
	b.WriteByte(')')
	switch results := t.Results(); {
	case results.Len() == 1:
		b.WriteByte(' ')
		writeType(b, results.At(0).Type(), qualify)
	case results.Len() > 1:
		b.WriteString(" (")
		for i := range results.Len() {
			if i > 0 {
				b.WriteString(", ")
			}
			writeType(b, results.At(i).Type(), qualify)
		}
		b.WriteByte(')')
	}
}
