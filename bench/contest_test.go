package bench

import (
	"fmt"
	"runtime"
	"sort"
	"testing"
	"time"
)

// contestant is one way to do a piece of work.
type contestant struct {
	name string
	run  func(b *testing.B)
}

// contest runs the contestants in turn within each iteration and reports, for
// each, the median time and the allocations of one run, and the ratio of its
// median to the first one's. The framework's own ns/op is about a whole round.
func contest(b *testing.B, contestants ...contestant) {
	b.Helper()
	times := make([][]time.Duration, len(contestants))
	allocs := make([]uint64, len(contestants))
	for _, c := range contestants { // warm up
		c.run(b)
	}
	for b.Loop() {
		for i, c := range contestants {
			took, count := measure(func() { c.run(b) })
			times[i] = append(times[i], took)
			allocs[i] = count
		}
	}
	first := median(times[0])
	for i, c := range contestants {
		m := median(times[i])
		b.ReportMetric(float64(m.Nanoseconds()), c.name+"-ns")
		b.ReportMetric(float64(allocs[i]), c.name+"-allocs")
		if i > 0 {
			b.ReportMetric(float64(m)/float64(first), fmt.Sprintf("%s/%s", c.name, contestants[0].name))
		}
	}
}

// measure runs fn once and returns its time and allocations.
func measure(fn func()) (time.Duration, uint64) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	fn()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return took, after.Mallocs - before.Mallocs
}

func median(times []time.Duration) time.Duration {
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[len(times)/2]
}
