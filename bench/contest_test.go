package bench

import (
	"slices"
	"testing"
	"time"
)

// contestant is one way to do a piece of work.
type contestant struct {
	name string
	run  func() error
}

// contest runs the contestants in turn within each iteration, each one rounds
// times, and reports for each the median time of one run and its allocations.
// Its ratio to the first contestant is the median of the ratios within the
// iterations, because what else the machine does hits neighbours alike. The
// framework's own ns/op is about a whole iteration.
func contest(b *testing.B, rounds int, contestants ...contestant) {
	b.Helper()
	times := make([][]float64, len(contestants))
	ratios := make([][]float64, len(contestants))
	allocs := make([]float64, len(contestants))
	for i, c := range contestants { // which warms up, and keeps the stop of the world out of the times
		allocs[i] = testing.AllocsPerRun(rounds, func() {
			if err := c.run(); err != nil {
				b.Fatal(c.name, err)
			}
		})
	}
	for b.Loop() {
		for i, c := range contestants {
			start := time.Now()
			for range rounds {
				if err := c.run(); err != nil {
					b.Fatal(c.name, err)
				}
			}
			took := float64(time.Since(start)) / float64(rounds)
			times[i] = append(times[i], took)
			ratios[i] = append(ratios[i], took/times[0][len(times[0])-1])
		}
	}
	for i, c := range contestants {
		b.ReportMetric(median(times[i]), c.name+"-ns")
		b.ReportMetric(allocs[i], c.name+"-allocs")
		if i > 0 {
			b.ReportMetric(median(ratios[i]), c.name+"/"+contestants[0].name)
		}
	}
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
