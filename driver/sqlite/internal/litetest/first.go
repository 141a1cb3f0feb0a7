package litetest

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/weft-orm/weft/driver"
)

// firstAtOnce opens a file that is not there yet by several at once: each waits for the
// one that makes it.
func (b Binding) firstAtOnce(t *testing.T) {
	for i := range 30 {
		name := filepath.Join(t.TempDir(), fmt.Sprintf("%d.db", i))
		failures := make([]error, 8)
		var all sync.WaitGroup
		for j := range failures {
			all.Go(func() {
				engine, err := b.File(name).Connect(t.Context())
				if err != nil {
					failures[j] = err
					return
				}
				_, err = engine.(driver.SQLHandle).DB().ExecContext(t.Context(), "create table if not exists t (i int)")
				failures[j] = errors.Join(err, engine.Close())
			})
		}
		all.Wait()
		if err := errors.Join(failures...); err != nil {
			t.Fatal(err)
		}
	}
}
