package ratelimit

import (
	"cmp"
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	bench = flag.String("bench-table", "", "print the benchmark of these policies: studied, revised, heldout, fresh, unseen, harder or all")
	check = flag.Bool("bench-check", false, "fail where a class misses what it must reach")
	seeds = flag.Int("bench-seeds", 6, "seeds of the benchmark")
	alone = flag.Bool("bench-alone", false, "leave the other clients out")
	only  = flag.String("bench-only", "", "only policies whose name holds this")
)

// cell is a policy at one size, over all seeds.
type cell struct{ runs []outcome }

func (c cell) mean(f func(outcome) float64) (sum float64) {
	for _, o := range c.runs {
		sum += f(o) / float64(len(c.runs))
	}
	return sum
}

func (c cell) worst(f func(outcome) float64) float64 {
	worst := f(c.runs[0])
	for _, o := range c.runs {
		worst = max(worst, f(o))
	}
	return worst
}

// misses says in which way a cell misses a goal, in the mean or with its worst seed; ""
// is reached. A seed may take a tenth longer than the mean may, and be refused twice as
// often.
func (c cell) misses(g goal) string {
	if g == (goal{}) {
		return ""
	}
	var missed []string
	judge := func(what string, f func(outcome) float64, most, mostOfSeed float64) {
		if mean := c.mean(f); mean > most {
			missed = append(missed, fmt.Sprintf(what, mean))
		}
		if worst := c.worst(f); worst > mostOfSeed {
			missed = append(missed, "a seed "+fmt.Sprintf(what, worst))
		}
	}
	judge("took %.2f of the time allowed", func(o outcome) float64 {
		return o.makespan / (o.optimum/g.efficiency + g.seconds)
	}, 1, 1.1)
	if g.share > 0 {
		judge("refused %.2f %%", func(o outcome) float64 { return 100 * o.share() }, 100*g.share, 200*g.share)
	}
	if g.refusals > 0 {
		judge("refused %.1f", func(o outcome) float64 { return float64(o.refused) }, float64(g.refusals), 2*float64(g.refusals))
	}
	return strings.Join(missed, ", ")
}

func (c cell) String() string {
	return fmt.Sprintf("%5.1f/%4.2f %5.1fs (%5.1f/%4.2f)",
		100*c.mean(outcome.efficiency), 100*c.mean(outcome.share), c.mean(outcome.lost),
		-100*c.worst(func(o outcome) float64 { return -o.efficiency() }), 100*c.worst(outcome.share))
}

// grid runs policies at all sizes. Bubbles run side by side.
type grid struct {
	mu    sync.Mutex
	cells map[string]*cell
}

func key(p policy, kind, size string) string { return p.name + "|" + kind + "|" + size }

func (g *grid) add(t *testing.T, p policy, kind, size string, rows, seed int, limiter func() client) outcome {
	o := simulateOver(t, p.network, p.server(seed), rows, seed, limiter)
	o.optimum = omniscient(p.server(seed), rows, p.network)
	g.mu.Lock()
	defer g.mu.Unlock()
	k := key(p, kind, size)
	if g.cells[k] == nil {
		g.cells[k] = &cell{}
	}
	g.cells[k].runs = append(g.cells[k].runs, o)
	return o
}

func adaptiveOf(workers int, known *Learned, t tuning) func() client {
	return func() client {
		return adaptiveClient{newAdaptive(Config{Workers: workers, Learned: known}, t)}
	}
}

// learnedBy returns what a run of 1,000 rows learns. The next run begins right after it
// by the bubble's clock, so it is made young.
func learnedBy(t *testing.T, p policy, seed int, u tuning) *Learned {
	o := simulateOver(t, p.network, p.server(seed), 1000, seed+50, adaptiveOf(p.workers, nil, u))
	return &o.learned
}

func measure(t *testing.T, policies []policy, kinds ...string) *grid {
	g := &grid{cells: map[string]*cell{}}
	t.Run("runs", func(t *testing.T) {
		for _, p := range policies {
			if !strings.Contains(p.name, *only) {
				continue
			}
			for seed := range *seeds {
				t.Run(fmt.Sprintf("%s seed %d", p.name, seed), func(t *testing.T) {
					t.Parallel()
					for _, size := range sizes(p) {
						if *check && must(p, size) == (goal{}) && p.class != "no limit" {
							continue
						}
						g.run(t, p, size, seed, kinds)
					}
				})
			}
		}
	})
	return g
}

type size struct {
	name string
	rows int
	warm bool
}

func sizes(p policy) []size {
	return []size{
		{"200", 200, false},
		{"1,000", 1000, false},
		{"long", p.long, false},
		{"200 warm", 200, true},
		{"1,000 warm", 1000, true},
		{"long warm", p.long, true},
	}
}

func (g *grid) run(t *testing.T, p policy, s size, seed int, kinds []string) {
	for _, kind := range kinds {
		limiter := func() client { return naive{} }
		switch kind {
		case "told":
			limiter = func() client { return newTold(p.server(seed), p.network) }
		case "AIMD":
			limiter = func() client { return newAIMD(5) }
		case "Adaptive":
			var known *Learned
			if s.warm {
				known = learnedBy(t, p, seed, standard())
			}
			limiter = adaptiveOf(p.workers, known, standard())
		}
		if !s.warm || kind == "Adaptive" {
			g.add(t, p, kind, s.name, s.rows, seed, limiter)
		}
	}
}

// TestTable prints the benchmark: efficiency % / refused %, and seconds lost, against the
// best possible makespan, and the worst seed; then other clients.
func TestTable(t *testing.T) {
	if *bench == "" && !*check {
		t.Skip("give -bench-table=all or -bench-check to run the benchmark")
	}
	policies := map[string][]policy{
		"studied": studied(), "revised": revised(), "heldout": heldOut(), "fresh": fresh(), "unseen": unseen(), "harder": harder(),
		"all": slices.Concat(studied(), revised(), heldOut(), fresh(), unseen(), harder()),
	}[cmp.Or(*bench, "all")]
	require.NotEmpty(t, policies, "no such policies: %q", *bench)
	others := []string{"told", "AIMD", "naive"}
	if *check || *alone {
		others = nil
	}
	g := measure(t, policies, append(others, "Adaptive")...)
	for _, p := range policies {
		if !strings.Contains(p.name, *only) {
			continue
		}
		fmt.Printf("\n%s (%s)\n", p.name, p.class)
		for _, s := range sizes(p) {
			c := g.cells[key(p, "Adaptive", s.name)]
			if c == nil {
				continue
			}
			line := fmt.Sprintf("  %-10s %s", s.name, c)
			for _, kind := range others {
				if o := g.cells[key(p, kind, s.name)]; o != nil {
					line += fmt.Sprintf("   %s %5.1f/%5.2f", kind, 100*o.mean(outcome.efficiency), 100*o.mean(outcome.share))
				}
			}
			must := must(p, s)
			missed := c.misses(must)
			if missed != "" {
				line += "   MISSED " + must.String() + ": " + missed
			}
			fmt.Println(line)
			switch short := slices.Contains(shortfalls()[p.name], s.name); {
			case short && missed == "":
				fmt.Println("  it stands in the list of shortfalls, and may be taken off")
			case *check && !short:
				assert.Empty(t, missed, "%s, %s: must reach %s", p.name, s.name, must)
			}
		}
		if p.class == "no limit" {
			full := g.cells[key(p, "Adaptive", "long")].worst(func(o outcome) float64 { return float64(o.fullAt) })
			fmt.Printf("  90 %% of full speed in second %.0f\n", full)
			if *check {
				assert.True(t, 0 < full && full <= 20, "%s: 90 %% of full speed within 20 s", p.name)
			}
		}
	}
}

func must(p policy, s size) goal {
	c := classes()[p.class]
	switch {
	case s.warm && s.rows == 1000:
		return c.warm
	case s.warm:
		return goal{}
	case s.name == "200":
		return c.short
	case s.name == "1,000":
		return c.medium
	}
	return c.long
}
