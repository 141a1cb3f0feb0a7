// Command race runs weft, the raw drivers and the peers side by side and writes
// what came of it.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/weft-orm/weft/bench/internal/contest"
)

func main() {
	log.SetFlags(0)
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	engines := flag.String("engines", "sqlite,postgres,mariadb", "the engines, with commas")
	workloads := flag.String("workloads", ".", "a regular expression for the workloads")
	entrants := flag.String("entrants", "", "the entrants beside raw, with commas; all by default")
	rounds := flag.Int("rounds", 8, "how often everything is measured")
	limit := flag.Duration("limit", 0, "no round is begun that would go past it, but for the first three")
	short := flag.Bool("short", false, "less work for the slow workloads")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the order")
	out := flag.String("out", "", "the folder for result.json, result.txt and the charts")
	doc := flag.String("doc", "", "the page whose tables are written anew")
	growth := flag.Bool("growth", false, "what a row costs while there are more and more of them, instead of the contest")
	from := flag.String("from", "", "a result.json (or growth.json, with -growth) to report on, without running anything")
	profile := flag.String("profile", "", "a file for a CPU profile")
	memory := flag.String("memprofile", "", "a file for a profile of allocations")
	flag.Parse()

	if *from != "" && *growth {
		g := &contest.Growth{}
		if err := load(*from, g); err != nil {
			return err
		}
		return contest.WriteDoc(*doc, g)
	}
	if *from != "" {
		r := &contest.Result{}
		if err := load(*from, r); err != nil {
			return err
		}
		return report(r, *out, *doc)
	}
	o := contest.Options{Engines: strings.Split(*engines, ","), Rounds: *rounds, Limit: *limit, Seed: *seed, Sizes: contest.FullSizes, Log: log.Printf}
	if *short {
		o.Sizes = contest.ShortSizes
	}
	if *entrants != "" {
		o.Entrants = strings.Split(*entrants, ",")
	}
	pattern, err := regexp.Compile(*workloads)
	if err != nil {
		return err
	}
	for _, w := range contest.Workloads {
		if pattern.MatchString(w) {
			o.Workloads = append(o.Workloads, w)
		}
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if *growth {
		return grow(o, *out, *doc)
	}
	if *memory != "" {
		runtime.MemProfileRate = 512
	}
	r, err := contest.Run(context.Background(), o)
	if err != nil {
		return err
	}
	if *memory != "" {
		if err := allocations(*memory); err != nil {
			return err
		}
	}
	return report(r, *out, *doc)
}

// grow measures the growth, and writes it to the folder and the page, or to standard output.
func grow(o contest.Options, out, doc string) error {
	g, err := contest.RunGrowth(context.Background(), o)
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if out == "" {
		_, err = os.Stdout.Write(text)
	} else if err = os.MkdirAll(out, 0o755); err == nil {
		err = os.WriteFile(filepath.Join(out, "growth.json"), text, 0o644)
	}
	if err != nil || doc == "" {
		return err
	}
	return contest.WriteDoc(doc, g)
}

func allocations(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	return pprof.Lookup("allocs").WriteTo(f, 0)
}

func load(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// report writes the text to standard output, and everything to the folder and the page.
func report(r *contest.Result, out, doc string) error {
	if err := r.WriteText(os.Stdout); err != nil {
		return err
	}
	if doc != "" {
		if err := contest.WriteDoc(doc, r); err != nil {
			return err
		}
	}
	if out == "" {
		return nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	files := map[string][]byte{"result.json": append(text, '\n'), "result.txt": r.Text()}
	for engine, chart := range r.Charts() {
		files[fmt.Sprintf("%s.svg", engine)] = chart
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(out, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
