package mapper_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/mapper"
)

type Shelved struct {
	ID   int64
	Tags []*ShelvedLabel
}

type ShelvedLabel struct{ ID int64 }

// ShelvedTag has, by chance, the name that the join table of Shelved.Tags gets, and
// even its columns.
type ShelvedTag struct {
	ID             int64
	ShelvedID      int64
	ShelvedLabelID int64
	Price          int
}

type ShelvedMeant struct {
	_    struct{} `orm:"name=Shelved,table=shelveds"`
	ID   int64
	Tags []*ShelvedLabel `orm:",pivot=shelved_tags"`
}

type Shelved_A struct {
	ID  int64
	B_C []*ShelvedLabel
}

type Shelved_A_B struct {
	ID int64
	C  []*ShelvedLabel
}

// TestJoinTablesByChance reports entities and relations that share the name of a join
// table without saying so.
func TestJoinTablesByChance(t *testing.T) {
	for _, tt := range []struct {
		entities []any
		want     []string
	}{
		{[]any{Shelved{}, ShelvedLabel{}, ShelvedTag{}}, []string{
			"mapper_test.Shelved.Tags: its join table would be shelved_tags, the table of ShelvedTag; name another with pivot, or pivot=shelved_tags where ShelvedTag is meant to hold the links",
		}},
		{[]any{ShelvedMeant{}, ShelvedLabel{}, ShelvedTag{}}, nil},
		{[]any{Shelved_A{}, Shelved_A_B{}, ShelvedLabel{}}, []string{
			"mapper_test.Shelved_A_B.C: its join table shelved_a_b_c is that of Shelved_A.b_C; name another with pivot",
		}},
	} {
		reg, err := mapper.Build(mapper.Options{}, tt.entities...)
		var got []string
		var mistakes *mapper.MappingError
		if errors.As(err, &mistakes) {
			for _, p := range mistakes.Problems {
				got = append(got, p.String())
			}
		}
		if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
			t.Errorf("reported %q, want %q", got, tt.want)
		}
		if err == nil && reg.Entity("Shelved").Property("tags").Relation.Pivot.Entity != reg.Entity("ShelvedTag") {
			t.Error("the pivot entity that was named is not taken")
		}
	}
}
