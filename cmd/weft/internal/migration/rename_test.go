package migration

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/weft-orm/weft/cmd/weft/internal/env"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/mapper"
)

type (
	noteBefore struct {
		_     struct{} `orm:"table=notes,name=Note"`
		ID    int64
		Title string
		Text  string
	}
	noteAfter struct {
		_     struct{} `orm:"table=notes,name=Note"`
		ID    int64
		Title string
		Body  string `orm:",default=''"`
	}
)

// TestAskRename answers the question whether a column was renamed, by yes and by no.
func TestAskRename(t *testing.T) {
	for answer, want := range map[string]string{"y": "RENAME COLUMN `text` TO `body`", "n": "-- weft:destroys notes.text"} {
		t.Run(answer, func(t *testing.T) {
			dir := t.TempDir()
			plan := func(name string, entity any) string {
				var out, errs bytes.Buffer
				e := &env.Env{In: strings.NewReader(answer + "\n"), Out: &out, Err: &errs, Interactive: true, Own: &env.Program{
					Registry: func(l *mapper.Limits) (*mapper.Registry, error) {
						return mapper.Build(mapper.Options{Limits: l}, entity)
					},
					Connector: sqlite.Memory(), Scratch: sqlite.Memory(),
				}}
				e.Flags(pflag.NewFlagSet("", pflag.ContinueOnError))
				cmd := Command(e)
				cmd.SetArgs([]string{"diff", name, "--dir", dir})
				if err := cmd.ExecuteContext(t.Context()); err != nil {
					t.Fatal(err, errs.String())
				}
				return errs.String()
			}
			if asked := plan("first", noteBefore{}); asked != "" {
				t.Errorf("asked %q", asked)
			}
			if asked := plan("second", noteAfter{}); asked != "is notes.body the renamed notes.text? [y/N] " {
				t.Errorf("asked %q", asked)
			}
			files, err := filepath.Glob(filepath.Join(dir, "*_second.sql"))
			if err != nil || len(files) != 1 {
				t.Fatal(files, err)
			}
			text, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(text), want) {
				t.Errorf("the file lacks %s:\n%s", want, text)
			}
		})
	}
}
