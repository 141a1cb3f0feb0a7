package histories_test

import (
	"fmt"
	"slices"
	"strings"
)

// tally counts what histories were made of, so that a run which steps around
// everything is seen.
type tally struct {
	histories, steps int
	// done counts steps by kind; flushes those that wrote, refused those that had to fail.
	done             map[string]int
	flushes, refused int
	// again are histories that were played a second time without what came to nothing.
	again, ghosts int
	// wipes are collections that were emptied without being read.
	wipes int
}

func newTally() *tally { return &tally{done: map[string]int{}} }

func (c *tally) add(r *run) {
	c.histories++
	c.steps += len(r.steps)
	for i, done := range r.done {
		if done {
			c.done[r.steps[i].Do]++
		}
	}
	c.flushes += r.flushes
	c.refused += r.refusals
	c.wipes += r.m.wipes
	if c.ghosts += len(r.ghosts); len(r.ghosts) > 0 {
		c.again++
	}
}

func (c *tally) String() string {
	var words []string
	for _, k := range slices.Sorted(slices.Values(kinds)) {
		words = append(words, fmt.Sprintf("%s %d", k, c.done[k]))
	}
	return fmt.Sprintf("%d histories of %d steps, %d flushes that wrote, %d that had to fail, %d collections emptied unread; %d played again without the %d steps that came to nothing: %s",
		c.histories, c.steps, c.flushes, c.refused, c.wipes, c.again, c.ghosts, strings.Join(words, ", "))
}
