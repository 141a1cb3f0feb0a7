package migrate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/weft-orm/weft/driver"
)

// documents runs migrations on a document database. Its history is the collection
// [RecordTable]; its lock is a document that its holder renews, so that the lock of a
// process that died ends after lease.
type documents struct {
	*Migrator
	engine driver.Commander
	target Target
	lease  time.Duration
}

// quote writes a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string can be written
	return string(b)
}

func long(n int64) string { return `{"$numberLong":"` + strconv.FormatInt(n, 10) + `"}` }

// entry of the history as a document.
type documentRecord struct {
	ID         int64  `json:"_id"`
	Name       string `json:"name"`
	Checksum   string `json:"checksum"`
	Statements int    `json:"statements"`
	Done       int    `json:"done"`
	Begun      int    `json:"begun"`
	Prefix     string `json:"prefix"`
	Problem    string `json:"problem"`
	At         string `json:"at"`
	Applied    bool   `json:"applied"`
}

func (d *documents) read(ctx context.Context) (*past, error) {
	p := &past{applied: map[int64]bool{}, records: map[int64]*record{}}
	reply, err := d.engine.RunCommand(ctx, `{"find":`+quote(RecordTable)+`,"batchSize":100000,"singleBatch":true}`)
	if err != nil {
		return nil, err
	}
	var found struct {
		Cursor struct {
			First []documentRecord `json:"firstBatch"`
		} `json:"cursor"`
	}
	if err := json.Unmarshal([]byte(reply), &found); err != nil {
		return nil, err
	}
	for _, r := range found.Cursor.First {
		if r.Applied {
			p.applied[r.ID] = true
		}
		p.records[r.ID] = &record{version: r.ID, name: r.Name, checksum: r.Checksum, statements: r.Statements, done: r.Done, begun: r.Begun, prefix: r.Prefix, problem: r.Problem, at: r.At}
	}
	return p, nil
}

// put writes a record, in place of the one that is there.
func (d *documents) put(ctx context.Context, r *record) error {
	applied := r.done == r.statements && !r.down()
	if r.down() {
		applied = true // until the way back has come to its end
	}
	fields, err := json.Marshal(map[string]any{"name": r.name, "checksum": r.checksum, "statements": r.statements, "done": r.done, "begun": r.begun,
		"prefix": r.prefix, "problem": r.problem, "at": time.Now().UTC().Format(time.RFC3339), "applied": applied})
	if err != nil {
		return err
	}
	_, err = d.engine.RunCommand(ctx, fmt.Sprintf(`{"update":%s,"updates":[{"q":{"_id":%s},"u":{"$set":%s},"upsert":true}]}`, quote(RecordTable), long(r.version), fields))
	return err
}

func (d *documents) remove(ctx context.Context, version int64) error {
	_, err := d.engine.RunCommand(ctx, fmt.Sprintf(`{"delete":%s,"deletes":[{"q":{"_id":%s},"limit":1}]}`, quote(RecordTable), long(version)))
	return err
}

// drop removes all records: a collection without any is no history.
func (d *documents) drop(ctx context.Context) error {
	_, err := d.engine.RunCommand(ctx, `{"delete":`+quote(RecordTable)+`,"deletes":[{"q":{},"limit":0}]}`)
	return err
}

func (d *documents) insert(ctx context.Context, f *File) error { return d.put(ctx, finished(f)) }

// run does what a call of Up or Down has to do, one file after the other. list tells
// what that is once the lock is held.
func (d *documents) run(ctx context.Context, down bool, list func(*state) ([]*entry, error)) ([]string, error) {
	r := &run{Migrator: d.Migrator}
	err := d.locked(ctx, func(ctx context.Context) error {
		s, err := d.state(ctx)
		if err != nil {
			return err
		}
		entries, err := list(s)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := d.file(ctx, r, e, down); err != nil {
				return err
			}
		}
		return nil
	})
	if cause := context.Cause(ctx); err != nil && cause != nil && errors.Is(err, context.Canceled) && !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return r.names, err
}

// file runs one file, command by command, and notes each before and after.
func (d *documents) file(ctx context.Context, r *run, e *entry, down bool) error {
	f := e.file
	if f.step != nil {
		return d.step(ctx, r, f, down)
	}
	list, name := f.Up, f.Base()
	if down {
		list, name = f.Down, "down "+name
	}
	at := &record{version: f.Version, name: name, checksum: f.Checksum, statements: len(list) + 1}
	if old := e.record; old != nil && old.down() == down && old.halfway() {
		if err := resumable(f, list, old); err != nil {
			return err
		}
		at.done, at.begun = old.done, old.done
	}
	first := at.done
	var asked map[int]bool
	if !down {
		var err error
		if asked, err = r.clearAhead(ctx, f, list[first:], first > 0, d.ask); err != nil {
			return err
		}
	}
	r.begins(f, down)
	fails := func(i int, err error) *StatementError {
		return &StatementError{Name: f.Base(), Line: list[i].Line, Number: i + 1, Of: len(list), SQL: list[i].SQL, Kept: true, Err: err}
	}
	for i := at.done; i < len(list); i++ {
		if !down && !asked[i-first] {
			if err := r.clear(ctx, f, &list[i], i > 0, d.ask); err != nil {
				return err
			}
		}
		at.begun, at.prefix, at.problem = i+1, prefix(list[:i]), ""
		if err := d.put(ctx, at); err != nil {
			return fails(i, err)
		}
		if _, err := d.engine.RunCommand(ctx, list[i].SQL); err != nil {
			failed := fails(i, err)
			if isAnswer(err) {
				at.begun = i
			} else {
				failed.Unsure = true
			}
			at.problem = err.Error()
			_ = d.put(context.WithoutCancel(ctx), at) // what stopped the file may stop this too; the record before it stays
			return failed
		}
		at.done, at.prefix = i+1, prefix(list[:i+1])
		if err := d.put(ctx, at); err != nil {
			return &RunError{Name: f.Base(), Doing: "write the history", Err: err,
				Done: fmt.Sprintf("command %d was run, which the history does not know: say so by weft migrate log %d --statements %d", i+1, f.Version, i+1)}
		}
	}
	return d.ends(ctx, r, f, down)
}

// ends notes that a file has come to its end.
func (d *documents) ends(ctx context.Context, r *run, f *File, down bool) error {
	note := d.insert(ctx, f)
	if down {
		note = d.remove(ctx, f.Version)
	}
	if note != nil {
		return &RunError{Name: f.Base(), Doing: "write the history", Done: notNoted, Err: note}
	}
	r.ended(f, down)
	return nil
}

// step runs a migration in Go.
func (d *documents) step(ctx context.Context, r *run, f *File, down bool) error {
	fn := f.step.on
	if down {
		fn = f.step.back
	}
	r.begins(f, down)
	if fn != nil {
		if err := fn(ctx, d.target); err != nil {
			return &StatementError{Name: f.Base(), Line: 1, Number: 1, Of: 1, SQL: f.Name, Kept: true, Err: err}
		}
	}
	return d.ends(ctx, r, f, down)
}

// fits refuses files for databases of the other kind.
func (s *Set) fits(document bool) error {
	for _, f := range s.files {
		switch {
		case f.step != nil && (f.step.document == document):
		case f.step == nil && f.documents == document:
		case document:
			return &Error{Class: ErrFile, Names: []string{f.Path}, Remedy: "a document database has files of commands, VERSION_name.json, and steps made by DocumentStep"}
		default:
			return &Error{Class: ErrFile, Names: []string{f.Path}, Remedy: "a database with SQL has files of SQL, VERSION_name.sql, and steps made by Step"}
		}
	}
	return nil
}
