package drivertest

import (
	"time"

	"github.com/weft-orm/weft/driver"
)

// testPoolStats expects an engine that tells about its connections to count one of
// them at most for an open transaction, and to have none in use after it.
func testPoolStats(k *kit) {
	pooled, ok := driver.EngineAs[driver.Pooled](k.engine)
	k.need(ok, "pool statistics")
	s := k.transaction()
	k.exec(s, k.insert(k.shelf, shelfRows("s", 1)...))
	if n := inUse(pooled); n > 1 {
		k.Errorf("%d connections are in use during a transaction, want 1 or none", n)
	}
	k.end(s, true)
	for end := time.Now().Add(time.Second); inUse(pooled) > 0 && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	open := 0
	for _, p := range pooled.PoolStats() {
		open += p.Open
		if p.InUse != 0 || p.Idle > p.Open || p.Max > 0 && p.Open > p.Max {
			k.Errorf("after the transaction pool %q is %+v", p.Name, p)
		}
	}
	if open == 0 {
		k.Error("no connection is open after the transaction")
	}
}

func inUse(p driver.Pooled) int {
	n := 0
	for _, s := range p.PoolStats() {
		n += s.InUse
	}
	return n
}
