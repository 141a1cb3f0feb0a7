package session

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/driver"
)

// Save sets a savepoint where the engine has them; the name is "" where it has none.
func (s *Scope) Save(ctx context.Context) (string, error) {
	points, ok := s.Session.(driver.Savepoints)
	if !ok || !s.db.Caps.Savepoints {
		return "", nil
	}
	s.saves++
	name := fmt.Sprintf("weft%d", s.saves)
	return name, points.Save(ctx, name)
}

// Release forgets a savepoint.
func (s *Scope) Release(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	return s.Session.(driver.Savepoints).Release(ctx, name)
}

// RollbackTo undoes what was done since a savepoint, and forgets it.
func (s *Scope) RollbackTo(ctx context.Context, name string) error {
	if name == "" {
		return nil
	}
	points := s.Session.(driver.Savepoints)
	if err := points.RollbackTo(ctx, name); err != nil {
		return err
	}
	return points.Release(ctx, name)
}
