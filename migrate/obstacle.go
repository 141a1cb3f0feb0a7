package migrate

import (
	"context"
	stdsql "database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pressly/goose/v3/database"

	"github.com/weft-orm/weft/driver"
)

// Obstacle is rows in the way of a statement, counted by a [Probe].
type Obstacle struct {
	// File and Line are those of the statement.
	File string `json:"file"`
	Line int    `json:"line"`
	// Table and Columns are what it is about; Columns may be empty.
	Table   string   `json:"table"`
	Columns []string `json:"columns,omitempty"`
	// Rows is how many are in the way.
	Rows int64 `json:"rows"`
	// Step is what the statement does to them, Remedy how to go about it instead; both may be "".
	Step   string `json:"step,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	// Destroys reports that values of theirs would be lost; without it the statement would fail.
	Destroys bool `json:"destroys"`
}

// String returns "books.isbn: adds a column ..., which fails where rows are: 4 rows".
func (o *Obstacle) String() string {
	text := "1 row"
	if o.Rows != 1 {
		text = fmt.Sprintf("%d rows", o.Rows)
	}
	if o.Step == "" {
		return text + " of " + o.Table
	}
	return o.Step + ": " + text
}

// ObstacleError refuses a file in whose way rows are. It is an [ErrObstructed], and where
// values would be lost an [ErrDestructive] too.
type ObstacleError struct {
	// Name is the file.
	Name string
	// Obstacles is all that was found, at least one.
	Obstacles []Obstacle
	// Kept reports that statements before it were run and stay; without it nothing of the file was run.
	Kept bool
}

// Error names each obstacle with its remedy, and says what was done.
func (e *ObstacleError) Error() string {
	var list []string
	for _, o := range e.Obstacles {
		text := o.String()
		if o.Remedy != "" {
			text += " (" + o.Remedy + ")"
		}
		list = append(list, text)
	}
	done := "nothing of the file was run"
	if e.Kept {
		done = "the statements before it were run and stay, and the next run goes on with it"
	}
	return fmt.Sprintf("migrate: %s:%d: %v: %s; %s; --allow-destructive runs it all the same", e.Name, e.Obstacles[0].Line, ErrObstructed, strings.Join(list, "; "), done)
}

// Unwrap gives the classes.
func (e *ObstacleError) Unwrap() []error {
	for _, o := range e.Obstacles {
		if o.Destroys {
			return []error{ErrDestructive, ErrObstructed}
		}
	}
	return []error{ErrObstructed}
}

// An asker asks a probe.
type asker func(ctx context.Context, p *Probe) ([]inTheWay, error)

// inTheWay is rows that a probe has found.
type inTheWay struct {
	rows int64
	// columns and step, "" for those of the probe, say what is wrong with them.
	columns []string
	step    string
}

// askOn asks on a connection, or in a transaction.
func (m *Migrator) askOn(db database.DBTxConn) asker {
	return func(ctx context.Context, p *Probe) ([]inTheWay, error) {
		var n stdsql.NullInt64
		err := db.QueryRowContext(ctx, p.SQL).Scan(&n)
		if errors.Is(err, stdsql.ErrNoRows) || err == nil && n.Int64 == 0 {
			return nil, nil
		}
		return []inTheWay{{rows: n.Int64, columns: p.Columns, step: p.Step}}, m.classify(err)
	}
}

// obstacles asks the probes of a statement.
func obstacles(ctx context.Context, f *File, s *Statement, ask asker) (list []Obstacle, err error) {
	for i := range s.Probes {
		p := &s.Probes[i]
		found, err := ask(ctx, p)
		if err != nil {
			return nil, &RunError{Name: f.Base(), Doing: fmt.Sprintf("ask the probe of line %d (%s)", p.Line, p.SQL), Done: "the statement it is about was not run", Err: err,
				Mend: "mend the mark weft:probe, or take it out; --allow-destructive asks none"}
		}
		for _, x := range found {
			list = append(list, Obstacle{File: f.Base(), Line: s.Line, Table: p.Table, Columns: x.columns, Rows: x.rows, Step: x.step, Remedy: p.Remedy, Destroys: p.Destroys})
		}
	}
	return list, nil
}

// clear refuses a statement in whose way rows are.
func (r *run) clear(ctx context.Context, f *File, s *Statement, kept bool, ask asker) error {
	if r.options.destructive {
		return nil
	}
	list, err := obstacles(ctx, f, s, ask)
	if err == nil && len(list) > 0 {
		err = &ObstacleError{Name: f.Base(), Obstacles: list, Kept: kept}
	}
	return err
}

// keepsRows finds statements after which a probe counts the same rows: they make, and change
// names and indexes. What weft itself copies a table by is among them.
var keepsRows = regexp.MustCompile("(?is)^(?:create|alter|comment|begin|commit|pragma|set|drop\\s+index|drop\\s+view|rename\\s+table|insert\\s+into\\s+`new_|\\{\\s*\"(?:create|createIndexes|dropIndexes|collMod)\")")

// ahead asks the probes of a list of statements before any of them is run, as far as it can be
// told then: up to the first that can change rows, and without those about what the
// statements before it make. asked has the statements that need not be asked about again,
// all reports that rows stay as they are to the end of the list.
func ahead(ctx context.Context, f *File, list []Statement, ask asker) (found []Obstacle, asked map[int]bool, all bool, err error) {
	asked = map[int]bool{}
	for i := range list {
		complete := true
		own, err := obstacles(ctx, f, &list[i], func(ctx context.Context, p *Probe) ([]inTheWay, error) {
			found, err := ask(ctx, p)
			if errors.Is(err, driver.ErrUndefined) {
				complete = false
				return nil, nil
			}
			return found, err
		})
		if err != nil {
			return nil, nil, false, err
		}
		found, asked[i] = append(found, own...), complete
		if !keepsRows.MatchString(strings.TrimSpace(withoutComments(list[i].SQL))) {
			return found, asked, false, nil
		}
	}
	return found, asked, true, nil
}

// clearAhead refuses a file that runs statement by statement before anything of it is run.
// It returns the statements that were asked about.
func (r *run) clearAhead(ctx context.Context, f *File, list []Statement, kept bool, ask asker) (map[int]bool, error) {
	if r.options.destructive {
		return nil, nil
	}
	found, asked, _, err := ahead(ctx, f, list, ask)
	if err == nil && len(found) > 0 {
		err = &ObstacleError{Name: f.Base(), Obstacles: found, Kept: kept}
	}
	return asked, err
}

// Obstacles counts the rows in the way of what is pending, as far as that can be told before
// anything is run: up to the first step that can change rows. It changes nothing.
func (m *Migrator) Obstacles(ctx context.Context) ([]Obstacle, error) {
	s, err := m.state(ctx)
	if err != nil {
		return nil, err
	}
	return m.obstaclesOf(ctx, s)
}

func (m *Migrator) obstaclesOf(ctx context.Context, s *state) (all []Obstacle, err error) {
	ask, end, err := m.askReading(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	tolerant := func(ctx context.Context, p *Probe) ([]inTheWay, error) {
		found, err := ask(ctx, p)
		if isAnswer(err) {
			return nil, nil // what is not there yet, or may not be read, is asked about when it is run
		}
		return found, err
	}
	for _, e := range s.in(Pending, Halfway) {
		if e.file == nil || e.file.step != nil {
			break
		}
		list := e.file.Up
		if e.condition == Halfway {
			if e.record.down() || e.record.done > len(list) {
				break
			}
			list = list[e.record.done:]
		}
		found, _, more, err := ahead(ctx, e.file, list, tolerant)
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); !more {
			break
		}
	}
	return all, nil
}

// askReading asks where nothing can be written, whatever a probe says.
func (m *Migrator) askReading(ctx context.Context) (ask asker, end func(), err error) {
	if m.documents != nil {
		return m.documents.ask, func() {}, nil
	}
	conn, err := m.db.Conn(ctx)
	if err != nil {
		return nil, nil, &RunError{Doing: "look for rows in the way", Done: "nothing was run", Err: m.classify(err)}
	}
	end = func() { _ = conn.Close() }
	if m.dialect.immediate {
		return func(ctx context.Context, p *Probe) ([]inTheWay, error) {
			if _, err := conn.ExecContext(ctx, "pragma query_only = on"); err != nil {
				return nil, m.classify(err)
			}
			defer conn.ExecContext(context.WithoutCancel(ctx), "pragma query_only = off")
			return m.askOn(conn)(ctx, p)
		}, end, nil
	}
	return func(ctx context.Context, p *Probe) ([]inTheWay, error) {
		tx, err := conn.BeginTx(ctx, &stdsql.TxOptions{ReadOnly: true})
		if err != nil {
			return nil, m.classify(err)
		}
		defer tx.Rollback()
		return m.askOn(tx)(ctx, p)
	}, end, nil
}
