package compile_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/cmd/internal/compile"
)

func TestParseTargets(t *testing.T) {
	for _, c := range []struct{ list, want string }{
		{"sqlite", "sqlite"},
		{"mongo, sqlite,SQLITE", "sqlite mongo"},
		{"pg,mongodb,mariadb", "postgres mariadb mongo"},
		{"mysql,all", "sqlite postgres mysql mariadb mongo"},
	} {
		got, err := compile.ParseTargets(c.list)
		if err != nil || strings.Join(got, " ") != c.want {
			t.Errorf("%s: got %v %v, want %s", c.list, got, err, c.want)
		}
	}
	for _, list := range []string{"", ",", "oracle", "sqlite,orcl"} {
		if _, err := compile.ParseTargets(list); !errors.Is(err, compile.ErrUnknownTarget) {
			t.Errorf("%q: got %v", list, err)
		}
	}
}
