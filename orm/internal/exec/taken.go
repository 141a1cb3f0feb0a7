package exec

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/plan"
)

// Question asks which values rows of a table have in a column.
type Question struct {
	Column *mapper.Column
	Values []any
	// Beside are values of other columns that the rows must have.
	Beside []plan.Binding
}

// choose decides which values stand for others meanwhile: for each the best that no row
// of the table has. Rows of one column are asked for together, at first for the best
// value alone, which hardly ever is taken.
func (r *Runner) choose(ctx context.Context, list []*plan.Free, out *Outcome) error {
	if len(list) == 0 {
		return nil
	}
	out.free = make(map[*plan.Free]any, len(list))
	for from := 0; from < len(list); {
		var group []*plan.Free
		for _, f := range list[from:] {
			if f.Column != list[from].Column {
				break
			}
			group = append(group, f)
		}
		from += len(group)
		if err := r.chooseAll(ctx, group, out); err != nil {
			return err
		}
	}
	return nil
}

// chooseAll decides about values of one column.
func (r *Runner) chooseAll(ctx context.Context, list []*plan.Free, out *Outcome) error {
	used := map[any]bool{}
	for _, n := range []int{1, 16, 1024} {
		asked := &Question{Column: list[0].Column}
		candidates := make([][]any, len(list))
		seen := map[any]bool{}
		for i, f := range list {
			candidates[i] = f.Candidates(n, false)
			for _, v := range candidates[i] {
				if plain := constraint.Plain(v); !seen[plain] {
					seen[plain] = true
					asked.Values = append(asked.Values, v)
				}
			}
		}
		taken, err := r.taken(ctx, asked)
		if err != nil {
			return err
		}
		var left []*plan.Free
		for i, f := range list {
			if !out.take(f, candidates[i], taken, used) {
				left = append(left, f)
			}
		}
		if list = left; len(list) == 0 {
			return nil
		}
	}
	return r.chooseWithin(ctx, list, used, out)
}

// chooseWithin decides about values of a column with so little room that they are looked
// for beside those of the other columns of the key.
func (r *Runner) chooseWithin(ctx context.Context, list []*plan.Free, used map[any]bool, out *Outcome) error {
	for _, f := range list {
		beside := f.Beside()
		if len(beside) == 0 {
			return &plan.FreeError{Free: f}
		}
		candidates := f.Candidates(1024, true)
		taken, err := r.taken(ctx, &Question{Column: f.Column, Values: candidates, Beside: beside})
		if err != nil {
			return err
		}
		if !out.take(f, candidates, taken, used) {
			return &plan.FreeError{Free: f}
		}
	}
	return nil
}

// taken asks in lists that every engine takes.
func (r *Runner) taken(ctx context.Context, q *Question) (map[any]bool, error) {
	const most = 500
	found := map[any]bool{}
	for values := q.Values; len(values) > 0; {
		part := *q
		part.Values = values[:min(len(values), most)]
		values = values[len(part.Values):]
		list, err := r.Taken(ctx, &part)
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			found[constraint.Plain(v)] = true
		}
	}
	return found, nil
}

// take gives f the first candidate that is free.
func (o *Outcome) take(f *plan.Free, candidates []any, taken, used map[any]bool) bool {
	for _, v := range candidates {
		if plain := constraint.Plain(v); !taken[plain] && !used[plain] {
			used[plain] = true
			o.free[f] = v
			return true
		}
	}
	return false
}
