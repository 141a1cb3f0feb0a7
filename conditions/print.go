package conditions

import (
	"strconv"
	"strings"

	"github.com/weft-orm/weft/mapper"
)

// String prints the normal form on one line, slots as $0, $1, ...:
//
//	(books some (title = $0)) and (age is null or age > $1)
func (t *Tree) String() string { return Print(t.Root) }

// Print prints a node as String does a tree; a nil node prints as true.
func Print(n Node) string {
	var b strings.Builder
	printNode(&b, n)
	return b.String()
}

func printNode(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case nil:
		b.WriteString("true")
	case *AndNode:
		printGroup(b, n.Nodes, " and ", "true")
	case *OrNode:
		printGroup(b, n.Nodes, " or ", "false")
	case *Truth:
		b.WriteString(strconv.FormatBool(n.Value))
		if len(n.At.Hops) > 0 {
			b.WriteString(" at " + strings.TrimSuffix(n.At.String(), ".key"))
		}
	case *Compare:
		b.WriteString(n.Field.String() + " " + symbol(n.Op) + " " + printOperand(n.Value))
	case *Null:
		b.WriteString(n.Field.whole() + " is" + notWord(n.Not) + " null")
	case *InNode:
		b.WriteString(n.Field.String() + notWord(n.Not) + " in " + printOperand(n.Values))
		if n.OrNull {
			b.WriteString(" or null")
		}
	case *Match:
		b.WriteString(n.Field.String() + notWord(n.Not) + " " + n.Op.String()[1:] + " " + printOperand(n.Value))
	case *Set:
		printSet(b, n)
	case *ElementNode:
		b.WriteString(n.Field.String() + map[bool]string{false: " element (", true: " no element ("}[n.Not])
		printNode(b, n.Where)
		b.WriteByte(')')
	case *KeyIn:
		b.WriteString(n.Field.whole() + notWord(n.Not) + " in keys " + printOperand(n.Values))
	case *Exists:
		b.WriteString(strings.TrimPrefix(notWord(n.Not)+" exists (query)", " "))
	case *RawNode:
		b.WriteString(strings.TrimPrefix(notWord(n.Not)+" raw("+printRaw(n.Text, n.Args)+")", " "))
	case unknown:
		b.WriteString("unknown")
	default:
		printQuantifier(b, n)
	}
}

func printQuantifier(b *strings.Builder, n Node) {
	switch n := n.(type) {
	case *SomeNode:
		b.WriteString(n.Relation.String() + map[bool]string{false: " some (", true: " none ("}[n.Not])
		printNode(b, n.Where)
		b.WriteByte(')')
	case *ReachNode:
		b.WriteString(n.String() + map[bool]string{false: " some (", true: " none ("}[n.Not])
		printNode(b, n.Where)
		b.WriteByte(')')
	case *EveryNode:
		b.WriteString(n.Relation.String() + notWord(n.Not) + " every (")
		printNode(b, n.Where)
		b.WriteByte(')')
	case *SizeNode:
		b.WriteString(n.Relation.String() + " size " + symbol(n.Op) + " " + printOperand(n.Value))
	}
}

func printSet(b *strings.Builder, n *Set) {
	b.WriteString(n.Field.String() + notWord(n.Not) + " " + n.Op.String()[1:] + " ")
	if n.Op == OpSize {
		b.WriteString(symbol(n.SizeOp) + " ")
	}
	b.WriteString(printOperand(n.Value))
}

func printGroup(b *strings.Builder, nodes []Node, joint, empty string) {
	if len(nodes) == 0 {
		b.WriteString(empty)
	}
	for i, n := range nodes {
		if i > 0 {
			b.WriteString(joint)
		}
		switch n.(type) {
		case *AndNode, *OrNode:
			b.WriteByte('(')
			printNode(b, n)
			b.WriteByte(')')
		default:
			printNode(b, n)
		}
	}
}

func printOperand(o Operand) string {
	switch o := o.(type) {
	case Slot:
		return "$" + itoa(int(o))
	case Field:
		return o.String()
	case *RawValue:
		return "raw(" + printRaw(o.Text, o.Args) + ")"
	case Query:
		return "(query)"
	}
	return "?"
}

func printRaw(text []string, args []Operand) string {
	var b strings.Builder
	for i, piece := range text {
		b.WriteString(piece)
		if i < len(args) {
			b.WriteString(printOperand(args[i]))
		}
	}
	return b.String()
}

func notWord(not bool) string {
	if not {
		return " not"
	}
	return ""
}

func symbol(o Op) string {
	for _, s := range opSymbols {
		if s.op == o {
			return s.symbol
		}
	}
	return o.String()
}

// String returns the path of the field, "author.name", "meta#pages:int", or
// "first[1]" for a part of a composite reference; the row's own composite key is
// "key", an aggregate "sum(pages)", a place in an element "element#name".
func (f Field) String() string {
	if f.Func == "" {
		return f.place()
	}
	of := "*"
	if f.Property != nil {
		at := f
		at.Func = ""
		of = at.place()
	}
	if f.Distinct {
		of = "distinct " + of
	}
	return f.Func + "(" + of + ")"
}

func (f Field) place() string {
	var b strings.Builder
	if f.Alias != "" {
		b.WriteString(f.Alias + ".")
	}
	for _, h := range f.Hops {
		b.WriteString(h.Path + ".")
	}
	switch {
	case f.Element:
		b.WriteString("element")
	case f.Property == nil:
		b.WriteString("key")
		return b.String()
	default:
		b.WriteString(f.Property.Path)
	}
	if p := f.Property; p != nil && p.Kind.IsToOne() && len(p.Relation.Target.KeyColumns) > 1 {
		b.WriteString("[" + itoa(f.Part) + "]")
	}
	for _, k := range f.JSON {
		b.WriteString("#" + k)
	}
	if f.As != 0 {
		b.WriteString(":" + jsonKindName(f.As))
	}
	return b.String()
}

// whole is String without the part, for leaves about a reference as one.
func (f Field) whole() string {
	if f.Property != nil && f.Property.Kind.IsToOne() {
		return strings.TrimSuffix(f.String(), "[0]")
	}
	return f.String()
}

func jsonKindName(k mapper.ValueKind) string {
	switch k {
	case mapper.Bool:
		return "bool"
	case mapper.String:
		return "text"
	case mapper.Float:
		return "float"
	}
	return "int"
}
