package contest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/pprof"
	"slices"
	"syscall"
	"time"
)

// Options say what is run.
type Options struct {
	Engines   []string
	Workloads []string
	Entrants  []string // by name; nil is all
	Rounds    int
	// Limit ends the run before a round that would probably go past it; 0 does not. Three
	// rounds are made in any case.
	Limit time.Duration
	Sizes Sizes
	Seed  uint64
	// Log is told what is going on.
	Log func(format string, args ...any)
}

// Result is a whole run.
type Result struct {
	Machine Machine
	Rounds  int
	Seed    uint64
	Sizes   Sizes
	Cells   []*Cell
}

// Cell is one entrant doing one workload on one engine.
type Cell struct {
	Engine, Workload, Entrant string
	Peer                      bool
	// Wall and CPU are the nanoseconds of each round, CPU that of this process.
	Wall, CPU []int64
	// Allocs and Bytes are those of one run; Kept is what a read left on the heap.
	Allocs, Bytes, Kept uint64
	// Statements and Trips are those of one run; Trips is 0 where there is no network.
	Statements, Trips int64
	// Failed says why the entrant was disqualified, "" when it was not.
	Failed string
	digest string
}

// Run runs everything.
func Run(ctx context.Context, o Options) (*Result, error) {
	start := time.Now()
	r := &Result{Machine: thisMachine(), Rounds: o.Rounds, Seed: o.Seed, Sizes: o.Sizes}
	shuffle := rand.New(rand.NewPCG(o.Seed, 1))
	fields := make([]*field, 0, len(o.Engines))
	for _, name := range o.Engines {
		f, err := newField(ctx, name, &o, r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		defer f.close()
		fields = append(fields, f)
	}
	for _, f := range fields {
		o.Log("%s: checking and counting", f.engine.Name)
		for _, w := range o.Workloads {
			f.count(ctx, w)
		}
	}
	counted := time.Now()
	for round := range o.Rounds {
		if each := time.Since(counted) / time.Duration(max(round, 1)); o.Limit > 0 && round >= 3 && time.Since(start)+each > o.Limit {
			o.Log("the time is up after %d rounds", round)
			r.Rounds = round
			break
		}
		for _, f := range fields {
			o.Log("round %d of %d on %s", round+1, o.Rounds, f.engine.Name)
			f.engine.round = round + 1
			list := slices.Clone(o.Workloads)
			shuffle.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
			for _, w := range list {
				f.round(ctx, w, shuffle)
			}
		}
	}
	return r, nil
}

// field is an engine with those who enter.
type field struct {
	engine   *Engine
	entrants []*Entrant
	cells    map[string]*Cell // by workload and entrant
}

func newField(ctx context.Context, name string, o *Options, r *Result) (*field, error) {
	e, err := OpenEngine(ctx, name, o.Sizes)
	if err != nil {
		return nil, err
	}
	r.Machine.Engines = append(r.Machine.Engines, e.Version(ctx))
	f := &field{engine: e, cells: map[string]*Cell{}}
	for _, open := range entrants {
		x, err := open(ctx, e)
		if err != nil {
			f.close()
			return nil, err
		}
		f.entrants = append(f.entrants, x)
	}
	for _, w := range o.Workloads {
		for _, x := range f.entrants {
			if x.Jobs[w] == nil || o.Entrants != nil && x.Name != "raw" && !slices.Contains(o.Entrants, x.Name) {
				continue
			}
			c := &Cell{Engine: name, Workload: w, Entrant: x.Name, Peer: x.Peer}
			f.cells[w+"/"+x.Name] = c
			r.Cells = append(r.Cells, c)
		}
	}
	return f, nil
}

// entrants open, in the order of the tables; raw comes first.
var entrants = []func(ctx context.Context, e *Engine) (*Entrant, error){
	func(ctx context.Context, e *Engine) (*Entrant, error) {
		if e.Name == "postgres" {
			return openRawPostgres(ctx, e)
		}
		return openRawSQL(e)
	},
	openRawJoined,
	openManaged,
	openReadOnly,
	openBulk,
	func(ctx context.Context, e *Engine) (*Entrant, error) { return openStrategy(ctx, e, "joined") },
	func(ctx context.Context, e *Engine) (*Entrant, error) { return openStrategy(ctx, e, "balanced") },
	func(_ context.Context, e *Engine) (*Entrant, error) { return openGorm(e) },
	func(_ context.Context, e *Engine) (*Entrant, error) { return openBun(e) },
	func(_ context.Context, e *Engine) (*Entrant, error) { return openEnt(e) },
	func(_ context.Context, e *Engine) (*Entrant, error) { return openSqlx(e) },
}

func (f *field) close() {
	for _, x := range f.entrants {
		x.Close()
	}
	f.engine.Close()
}

// count runs a workload once for everybody, unmeasured: it warms up, compares the
// digests with that of raw, and counts statements, allocations and what is kept.
func (f *field) count(ctx context.Context, workload string) {
	for _, x := range f.entrants {
		if c := f.cells[workload+"/"+x.Name]; c != nil {
			f.guard(c, f.once(ctx, x, c, func(ctx context.Context, j *Job) error { return j.Run(ctx) })) // what is prepared once is not counted
			f.guard(c, f.once(ctx, x, c, func(ctx context.Context, j *Job) error { return f.counted(ctx, x, c, j) }))
		}
	}
}

func (f *field) counted(ctx context.Context, x *Entrant, c *Cell, j *Job) error {
	if x.Context != nil {
		ctx = x.Context(ctx)
	}
	if x.Count != nil {
		x.Count()
	}
	if x.wire != nil {
		x.wire.take()
	}
	var before, after, kept runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	err := j.Run(ctx)
	runtime.ReadMemStats(&after)
	if j.Digest != nil {
		runtime.GC()
		runtime.ReadMemStats(&kept)
		c.Kept = kept.HeapAlloc - min(before.HeapAlloc, kept.HeapAlloc)
	}
	c.Allocs, c.Bytes = after.Mallocs-before.Mallocs, after.TotalAlloc-before.TotalAlloc
	if x.Count != nil {
		c.Statements = x.Count()
	}
	if x.wire != nil {
		c.Trips, c.Statements = x.wire.take()
	}
	return err
}

// round measures a workload once for everybody, in a shuffled order. Reads are measured the
// second time: the first one pays for what other workloads did to the tables in between, as a
// connection plans its statements again when they were analyzed or altered. Profiles have the
// entrant as the label "measured".
func (f *field) round(ctx context.Context, workload string, shuffle *rand.Rand) {
	if workload == Hold {
		return // what is kept was counted
	}
	list := slices.Clone(f.entrants)
	shuffle.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	reads := writes[workload] == nothing
	if i := slices.IndexFunc(list, func(x *Entrant) bool { return x.Name == "raw" }); f.cells[workload+"/raw"] != nil && !reads {
		if err := f.digestOnly(ctx, list[i], workload); err != nil {
			f.cells[workload+"/raw"].Failed = err.Error()
		}
	}
	for _, x := range list {
		c := f.cells[workload+"/"+x.Name]
		if c == nil || c.Failed != "" {
			continue
		}
		f.guard(c, f.once(ctx, x, c, func(ctx context.Context, j *Job) (err error) {
			if reads {
				if err := j.Run(ctx); err != nil {
					return err
				}
			}
			pprof.Do(ctx, pprof.Labels("measured", x.Name), func(ctx context.Context) { err = measure(ctx, c, j) })
			return err
		}))
	}
}

// digestOnly lets raw say what the digest of this round is: values change from round to round.
func (f *field) digestOnly(ctx context.Context, x *Entrant, workload string) error {
	return f.once(ctx, x, f.cells[workload+"/raw"], func(ctx context.Context, j *Job) error { return j.Run(ctx) })
}

func measure(ctx context.Context, c *Cell, j *Job) error {
	runtime.GC()
	cpu, start := cpuTime(), time.Now()
	err := j.Run(ctx)
	wall := time.Since(start)
	c.Wall, c.CPU = append(c.Wall, int64(wall)), append(c.CPU, cpuTime()-cpu)
	return err
}

func cpuTime() int64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return u.Utime.Nano() + u.Stime.Nano()
}

// once puts the tables back, prepares, runs, and compares what came of it with raw.
func (f *field) once(ctx context.Context, x *Entrant, c *Cell, run func(context.Context, *Job) error) error {
	j := x.Jobs[c.Workload]
	if err := f.engine.reset(ctx, c.Workload); err != nil {
		return err
	}
	if j.Prepare != nil {
		if err := j.Prepare(ctx); err != nil {
			return err
		}
	}
	if err := run(ctx, j); err != nil {
		return err
	}
	var err error
	switch {
	case j.Digest != nil:
		c.digest = j.Digest()
	case writes[c.Workload] != nothing:
		if c.digest, err = f.engine.digest(ctx, c.Workload); err != nil {
			return err
		}
	}
	if j.Drop != nil {
		j.Drop()
	}
	if raw := f.cells[c.Workload+"/raw"]; raw != nil && raw.Failed == "" && c.digest != raw.digest {
		return fmt.Errorf("the result is %s where raw has %s", c.digest, raw.digest)
	}
	return nil
}

// guard disqualifies an entrant that failed.
func (f *field) guard(c *Cell, err error) {
	if err != nil && c.Failed == "" {
		c.Failed = err.Error()
	}
}
