package migrate

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weft-orm/weft/schema"
)

// Draft is a migration that is not written yet.
type Draft struct {
	// Version and Name make the file's name, Text is what stands in it.
	Version int64
	Name    string
	Text    string
	// Script has the statements of both ways with what they can destroy or fail at.
	Script *schema.Script

	documents bool
}

// File is the name of the file: "20260102150405_add_stars.sql", or .json for commands.
func (d *Draft) File() string {
	if d.documents {
		return fmt.Sprintf("%d_%s.json", d.Version, d.Name)
	}
	return fmt.Sprintf("%d_%s.sql", d.Version, d.Name)
}

// Plan plans the next migration: the way from the state that the files of a set lead
// to, to the mapping of the target. The target is an empty scratch database: the files
// are run there, then the plan itself, up and down. Without a difference the draft is
// nil. Options are those of [schema.Diff].
func Plan(ctx context.Context, scratch schema.Target, set *Set, name string, now time.Time, opts ...schema.Option) (*Draft, error) {
	name, err := slug(name)
	if err != nil {
		return nil, err
	}
	script, err := Difference(ctx, scratch, set, opts...)
	if err != nil || script.Up.IsEmpty() {
		return nil, err
	}
	return draft(set, name, now, scratch.Engine().Caps().Name, script)
}

// settings reports a script with statements that a transaction ignores.
func settings(s *schema.Script) bool {
	return slices.ContainsFunc(slices.Concat(s.Up.Statements, s.Down.Statements), func(s schema.Statement) bool {
		return strings.HasPrefix(s.SQL, "PRAGMA ")
	})
}

// Difference runs a set on an empty scratch database and compares the state it leads
// to with the mapping.
func Difference(ctx context.Context, scratch schema.Target, set *Set, opts ...schema.Option) (*schema.Script, error) {
	m, err := New(scratch, set, AllowDestructive(), AllowOutOfOrder())
	if err != nil {
		return nil, err
	}
	if _, err := m.Up(ctx); err != nil {
		return nil, fmt.Errorf("on a scratch database: %w", err)
	}
	own := []schema.Option{schema.Gone(set.Tables()...), schema.GoneViews(set.Views()...), schema.Ignore(DefaultTable, RecordTable)}
	script, err := schema.Rehearse(ctx, scratch, append(own, opts...)...)
	if errors.As(err, new(*schema.StatementError)) {
		err = fmt.Errorf("tried on a scratch database, with the rows that the files put there: %w", err)
	}
	return script, err
}

// NextVersion is the version of a file made now: the time to the second, and in any
// case above those that are there.
func NextVersion(set *Set, now time.Time) int64 {
	version, _ := strconv.ParseInt(now.UTC().Format("20060102150405"), 10, 64)
	if last := set.Last(); last != nil && last.Version >= version {
		return last.Version + 1
	}
	return version
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a name that a file can have.
func slug(name string) (string, error) {
	out := strings.Trim(notInName.ReplaceAllString(strings.ToLower(name), "_"), "_")
	if out == "" {
		return "", &Error{Class: ErrFile, Names: []string{strconv.Quote(name)}, Remedy: "a name has letters or digits"}
	}
	return out, nil
}

// Empty is the text of a migration to be filled in by hand.
func Empty(set *Set, name string, now time.Time) (*Draft, error) {
	name, err := slug(name)
	if err != nil {
		return nil, err
	}
	text := "-- +goose Up\n\n-- +goose Down\n"
	return &Draft{Version: NextVersion(set, now), Name: name, Text: text}, nil
}

// EmptyDocuments is a file of commands to be filled in by hand.
func EmptyDocuments(set *Set, name string, now time.Time) (*Draft, error) {
	name, err := slug(name)
	if err != nil {
		return nil, err
	}
	return &Draft{Version: NextVersion(set, now), Name: name, Text: renderDocuments(documentFile{}), documents: true}, nil
}

// Squash makes one file of all that are older than a version, and of that one: their
// statements in order, and back in the opposite order. Databases that have them all
// take the new file for applied; those that have some must get the rest first. The
// file has the version of the last one it stands for.
func Squash(set *Set, to int64, name string) (*Draft, []*File, error) {
	name, err := slug(name)
	if err != nil {
		return nil, nil, err
	}
	last := set.Find(to)
	if last == nil {
		return nil, nil, unknownVersion(to)
	}
	var list []*File
	var up, down strings.Builder
	var head strings.Builder
	generated, alone := true, false
	for _, f := range set.files {
		if f.Version > to {
			break
		}
		if f.documents {
			return nil, nil, &Error{Class: ErrFile, Names: []string{f.Path}, Remedy: "files of commands are not squashed"}
		}
		if f.step != nil {
			return nil, nil, &Error{Class: ErrFile, Names: []string{f.Path}, Remedy: "a step in Go cannot be squashed; end before it"}
		}
		list = append(list, f)
		generated, alone = generated && f.Generated, alone || f.NoTransaction
		for version, sum := range f.Replaces {
			fmt.Fprintf(&head, "-- weft:replaces %d %s\n", version, sum)
		}
		fmt.Fprintf(&head, "-- weft:replaces %d %s\n", f.Version, f.Checksum)
		section(&up, f, f.Up, f.Generated)
	}
	for _, f := range slices.Backward(list) {
		if len(f.Down) == 0 && len(f.Up) > 0 {
			down.Reset()
			break
		}
		section(&down, f, f.Down, f.Generated)
	}
	if generated {
		head.WriteString("-- weft:generated\n")
	}
	for _, line := range wrapped(last.Tables, 100) {
		head.WriteString("-- weft:tables " + line + "\n")
	}
	for _, line := range wrapped(last.Views, 100) {
		head.WriteString("-- weft:views " + line + "\n")
	}
	if alone {
		head.WriteString("-- +goose NO TRANSACTION\n")
	}
	text := head.String() + "\n-- +goose Up\n" + up.String() + "\n-- +goose Down\n" + down.String()
	d := &Draft{Version: to, Name: name, Text: text}
	_, err = ParseFile(d.File(), []byte(text))
	return d, list, err
}

// section writes the statements of one file into a squashed one.
func section(b *strings.Builder, f *File, list []Statement, generated bool) {
	fmt.Fprintf(b, "-- %s\n", f.Base())
	for _, s := range list {
		if len(s.Destroys) == 0 {
			for _, what := range destroys([]Statement{s}, generated) {
				b.WriteString("-- weft:destroys " + what + "\n")
			}
		}
		for _, mark := range s.marks {
			b.WriteString(mark + "\n")
		}
		statement(b, schema.Statement{SQL: s.SQL})
	}
}
