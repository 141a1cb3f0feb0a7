package address_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/weft-orm/weft/internal/address"
)

func TestParse(t *testing.T) {
	for text, want := range map[string][3]string{
		"sqlite:a/b.db":                     {"sqlite", "a/b.db", "sqlite:a/b.db"},
		"sqlite:///tmp/b.db":                {"sqlite", "/tmp/b.db", "sqlite:///tmp/b.db"},
		"postgres://me:secret@h:1/db?x=y":   {"postgres", "db", "postgres://me:xxxxx@h:1/db?x=y"},
		"postgresql://h":                    {"postgres", "", "postgresql://h"},
		"mariadb://root@127.0.0.1/db":       {"mysql", "db", "mariadb://root@127.0.0.1/db"},
		"mongodb+srv://me:secret@host/shop": {"mongo", "shop", "mongodb+srv://me:xxxxx@host/shop"},
	} {
		a, err := address.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := [3]string{a.Kind, a.Name, a.String()}; got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}

// TestRefused sees that no message repeats the address.
func TestRefused(t *testing.T) {
	for _, text := range []string{"", "sqlite:", "sqlite://", "mysql://secret/", "mysql:secret", "mongodb://secret", "oracle://secret", "postgres://secret:port:port/%zz"} {
		_, err := address.Parse(text)
		if !errors.Is(err, address.ErrAddress) {
			t.Errorf("%q: got %v", text, err)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: the message repeats it: %v", text, err)
		}
	}
}

func TestIn(t *testing.T) {
	a, err := address.Parse("postgres://me:secret@h:1/db?sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := a.In("other").String(), "postgres://me:xxxxx@h:1/other?sslmode=disable"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if a.Name != "db" {
		t.Error("In changed its receiver")
	}
}
