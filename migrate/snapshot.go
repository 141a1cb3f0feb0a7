package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/weft-orm/weft/schema"
)

// SnapshotFile is the name of the file that a [Snapshot] is kept in, in the folder of the
// migrations.
const SnapshotFile = "weft.snapshot.json"

// Snapshot is the state that a set of migrations leads to, written down, so that the next
// one can be planned where no database can be made. It says of which files it is: two
// branches that both went on from it meet in one place of the file. Steps in Go are taken
// to change rows alone.
type Snapshot struct {
	// State is the mapping that the files lead to.
	State *schema.Snapshot `json:"state"`
	// Files are the migrations it is of, in order.
	Files []SnapshotEntry `json:"files"`
}

// SnapshotEntry is a migration that a [Snapshot] is of.
type SnapshotEntry struct {
	Name     string `json:"name"`
	Checksum string `json:"checksum"`
}

// NewSnapshot says that the files of a set lead to a state.
func NewSnapshot(state *schema.Snapshot, set *Set) *Snapshot {
	s := &Snapshot{State: state, Files: []SnapshotEntry{}}
	for _, f := range set.files {
		if f.step == nil {
			s.Files = append(s.Files, SnapshotEntry{f.Base(), f.Checksum})
		}
	}
	return s
}

// LoadSnapshot reads the snapshot of a folder, nil where there is none.
func LoadSnapshot(fsys fs.FS) (*Snapshot, error) {
	text, err := fs.ReadFile(fsys, SnapshotFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("migrate: %w", err)
	}
	s := &Snapshot{}
	if err := json.Unmarshal(text, s); err != nil {
		return nil, fileError(SnapshotFile, 0, "%v", err)
	}
	if s.State == nil {
		return nil, fileError(SnapshotFile, 0, "it has no state")
	}
	return s, nil
}

// Text is what the file holds, one fact a line, so that branches can be merged.
func (s *Snapshot) Text() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(s)
	return b.Bytes(), err
}

// Fits reports whether a snapshot is of the files of a set; if not, the [ErrStale] says
// which came, went or changed since it was written.
func (s *Snapshot) Fits(set *Set) error {
	var told []string
	for _, f := range set.files {
		if f.step != nil {
			continue
		}
		i := slices.IndexFunc(s.Files, func(e SnapshotEntry) bool { return e.Name == f.Base() })
		switch {
		case i < 0:
			told = append(told, f.Base()+" is not in it")
		case s.Files[i].Checksum != f.Checksum:
			told = append(told, f.Base()+" has changed")
		}
	}
	for _, e := range s.Files {
		if !slices.ContainsFunc(set.files, func(f *File) bool { return f.Base() == e.Name }) {
			told = append(told, e.Name+" is gone")
		}
	}
	if len(told) == 0 {
		return nil
	}
	return &Error{Class: ErrStale, Names: []string{SnapshotFile},
		Remedy: strings.Join(told, ", ") + "; weft migrate snapshot makes it anew on a scratch database, with --unchanged it takes your word that these files change no table of the mapping"}
}

// PlanFrom plans the next migration without a database: the way from a snapshot, which
// must be of the files of the set, to a state. Unlike with [Plan], the statements were run
// nowhere. Without a difference the draft is nil. Options are those of [schema.Between].
func PlanFrom(before *Snapshot, to *schema.Snapshot, set *Set, name string, now time.Time, opts ...schema.Option) (*Draft, error) {
	name, err := slug(name)
	if err != nil {
		return nil, err
	}
	if err := set.fits(false); err != nil {
		return nil, err
	}
	if err := before.Fits(set); err != nil {
		return nil, err
	}
	script, err := schema.Between(before.State, to, opts...)
	if err != nil || script.Up.IsEmpty() {
		return nil, err
	}
	return draft(set, name, now, to.Dialect(), script)
}

// draft writes a script down.
func draft(set *Set, name string, now time.Time, dialect string, script *schema.Script) (*Draft, error) {
	d := &Draft{Version: NextVersion(set, now), Name: name, Script: script}
	d.Text = render(script, dialect == "sqlite" && settings(script))
	_, err := ParseFile(d.File(), []byte(d.Text))
	return d, err
}
