package contest

import "slices"

// Row is a workload on one engine, as ratios.
type Row struct {
	Engine, Workload string
	Lines            []Line
}

// Line is one entrant in a row.
type Line struct {
	*Cell
	// WallMedian and CPUMedian are in nanoseconds.
	WallMedian, CPUMedian float64
	// OfRaw and OfPeer are ratios of medians, of what is kept for Hold; 0 where there is nothing to compare with.
	OfRaw, OfPeer float64
	// CPUOfRaw is the ratio of CPU times of this process, which other work on the machine disturbs less.
	CPUOfRaw float64
}

// Rows are the cells in the order of engines and workloads.
func (r *Result) Rows() []Row {
	var rows []Row
	for _, c := range r.Cells {
		if len(rows) == 0 || rows[len(rows)-1].Engine != c.Engine || rows[len(rows)-1].Workload != c.Workload {
			rows = append(rows, Row{Engine: c.Engine, Workload: c.Workload})
		}
		row := &rows[len(rows)-1]
		row.Lines = append(row.Lines, Line{Cell: c, WallMedian: median(c.Wall), CPUMedian: median(c.CPU)})
	}
	for i := range rows {
		rows[i].compare()
	}
	return rows
}

func (r *Row) compare() {
	raw, peer, cpu := 0.0, 0.0, 0.0
	for _, l := range r.Lines {
		switch {
		case l.Failed != "" || l.measure() == 0:
		case l.Entrant == "raw":
			raw, cpu = l.measure(), l.CPUMedian
		case l.Peer && (peer == 0 || l.measure() < peer):
			peer = l.measure()
		}
	}
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Failed != "" {
			continue
		}
		if raw > 0 {
			l.OfRaw = l.measure() / raw
		}
		if cpu > 0 {
			l.CPUOfRaw = l.CPUMedian / cpu
		}
		if peer > 0 {
			l.OfPeer = l.measure() / peer
		}
	}
}

// measure is what entrants are compared by.
func (l *Line) measure() float64 {
	if l.Workload == Hold {
		return float64(l.Kept)
	}
	return l.WallMedian
}

// Line returns the line of an entrant, nil when it did not enter.
func (r *Row) Line(entrant string) *Line {
	for i := range r.Lines {
		if r.Lines[i].Entrant == entrant {
			return &r.Lines[i]
		}
	}
	return nil
}

func median(list []int64) float64 {
	if len(list) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(list))
	if n := len(s); n%2 == 0 {
		return float64(s[n/2-1]+s[n/2]) / 2
	}
	return float64(s[len(s)/2])
}
