package gen_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/weft/internal/gen"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes/testdata/several"
	"github.com/weft-orm/weft/tests/model"
)

func TestSource(t *testing.T) {
	const path = "github.com/weft-orm/weft/tests/model"
	var first []byte
	for range 5 {
		reg, err := mapper.Build(mapper.Options{}, model.All()...)
		if err != nil {
			t.Fatal(err)
		}
		source, ok, err := gen.Source(reg, "model", path)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		if first != nil && !bytes.Equal(first, source) {
			t.Error("the same entities give another file")
		}
		first = source
	}
	if _, err := parser.ParseFile(token.NewFileSet(), gen.File, first, parser.AllErrors); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"const AuthorProps authorProps = \"\"",
		"return bookProps(p + \"books.\")",
		"return customerHomeProps(p + \"home.\")",
	} {
		if !strings.Contains(string(first), want) {
			t.Errorf("the file lacks %s", want)
		}
	}
}

func TestSourceOfAnotherPackage(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, model.All()...)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok, err := gen.Source(reg, "other", "example.org/other"); ok || err != nil {
		t.Errorf("%v, %v", ok, err)
	}
}

// TestSourceOfSeveralTargets: a path goes on from a reference to one of several types by the name of one.
func TestSourceOfSeveralTargets(t *testing.T) {
	reg, err := mapper.Build(mapper.Options{}, several.Mappings...)
	if err != nil {
		t.Fatal(err)
	}
	source, ok, err := gen.Source(reg, "several", "github.com/weft-orm/weft/mapper/gotypes/testdata/several")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), gen.File, source, parser.AllErrors); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		"func (p noteProps) About() noteAboutProps",
		"func (p noteProps) AboutType() string",
		"func (p noteAboutProps) Shop() shopProps",
		`return wareProps(p + "Ware.")`,
		`func (p paymentProps) By() paymentByProps`,
		`func (p paymentByProps) Type() string`,
		`func (p paymentByProps) Holder() string`,
		`return paymentByCardProps(p + "Card.")`,
		`func (p paymentByTransferProps) Number() string`,
	} {
		if !strings.Contains(string(source), want) {
			t.Errorf("the file lacks %s:\n%s", want, source)
		}
	}
}
