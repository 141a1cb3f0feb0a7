package contest

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText writes everything that was measured.
func (r *Result) WriteText(to io.Writer) error {
	m := r.Machine
	fmt.Fprintf(to, "%s, %d cores, %s, %s\n%s\n%s\n%d rounds, seed %d\n", m.CPU, m.Cores, m.System, m.Go,
		strings.Join(m.Engines, ", "), strings.Join(m.Modules, ", "), r.Rounds, r.Seed)
	for _, row := range r.Rows() {
		fmt.Fprintf(to, "\n%s: %s\n", row.Engine, row.Workload)
		w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "\twall\tCPU\tx raw\tx peer\tCPU x raw\tallocs\tkB\tkept kB\tstatements\tround trips\t")
		for _, l := range row.Lines {
			if l.Failed != "" {
				fmt.Fprintf(w, "%s\tdisqualified: %s\t\n", l.Entrant, l.Failed)
				continue
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%.2f\t%.2f\t%.2f\t%d\t%d\t%d\t%d\t%d\t\n", l.Entrant, duration(l.WallMedian), duration(l.CPUMedian),
				l.OfRaw, l.OfPeer, l.CPUOfRaw, l.Allocs, l.Bytes>>10, l.Kept>>10, l.Statements, l.Trips)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func duration(ns float64) string { return time.Duration(ns).Round(10 * time.Microsecond).String() }
