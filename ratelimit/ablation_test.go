package ratelimit

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
)

var ablate = flag.Bool("bench-ablation", false, "print what each part of the limiter earns")

// part is a part of the limiter, and how it is switched off.
type part struct {
	name string
	off  func(*tuning)
}

const far = math.MaxInt32

func parts() []part {
	return []part{
		{"nothing", func(*tuning) {}},
		{"room that is earned", func(t *tuning) { t.roomFirst = far }},
		{"room that is earned later", func(t *tuning) { t.roomFree = 0 }},
		{"earnings that grow", func(t *tuning) { t.roomHasten = far }},
		{"measuring the limit", func(t *tuning) { t.measure = far }},
		{"guessing where a bucket may have run over", func(t *tuning) { t.guess = 0 }},
		{"cruising below the estimate", func(t *tuning) { t.below = 0 }},
		{"catching up after a pause", func(t *tuning) { t.catchUp = 0 }},
		{"even spacing", func(t *tuning) { t.spacing = 0 }},
		{"climbing on after the first refusal", func(t *tuning) { t.firstCut = 1 }},
		{"probes", func(t *tuning) {
			t.probeNormal, t.probeCareful = far, far
		}},
		{"rarer probes while nothing changes", func(t *tuning) { t.probeMost, t.probeMostTime = 0, 0 }},
		{"gentle climbs", func(t *tuning) { t.gentleTime, t.gentleMost = 0, 0 }},
		{"gentle climbs last long at low rates", func(t *tuning) { t.gentleMost = 0 }},
		{"gentler climbs for shallow buckets", func(t *tuning) { t.gentleDeep = 1e-9 }},
		{"budget of refusals", func(t *tuning) { t.budgetFree = far }},
		{"growth that grows", func(t *tuning) { t.hasten = far }},
		{"windows", func(t *tuning) { t.windowLeast = far }},
		{"windows by their refusals alone", func(t *tuning) { t.alike = far }},
		{"probing a window's quota", func(t *tuning) { t.windowProbe = far }},
		{"turns over the quota together", func(t *tuning) { t.windowLeap = far }},
		{"knowing that a window has gone", func(t *tuning) { t.windowGone = far }},
		{"leaving a full sliding window to others", func(t *tuning) { t.windowYield = 0 }},
		{"doubting deep falls", func(t *tuning) { t.patience = far }},
		{"doubting low starts", func(t *tuning) { t.low = 0 }},
		{"usual lengths of windows", func(t *tuning) { t.usual = nil }},
		{"distrust of the first epoch", func(t *tuning) { t.windowFirst = 1 }},
		{"a border's turns in the quota", func(t *tuning) { t.windowSame = 0.001 }},
		{"distrust of a habitual pause", func(t *tuning) { t.inflated = far }},
		{"sending ahead in a window", func(t *tuning) { t.front, t.unsure = t.ahead, t.ahead }},
	}
}

// TestAblation prints, for each part, the policies whose efficiency or refused share
// changes noticeably when it is switched off.
func TestAblation(t *testing.T) {
	if !*ablate {
		t.Skip("give -bench-ablation to see what each part earns")
	}
	policies := slices.Concat(studied(), revised(), fresh(), harder())
	var mu sync.Mutex
	results := map[string]*cell{}
	t.Run("runs", func(t *testing.T) {
		for _, p := range policies {
			if !strings.Contains(p.name, *only) {
				continue
			}
			for seed := range *seeds {
				t.Run(fmt.Sprintf("%s seed %d", p.name, seed), func(t *testing.T) {
					t.Parallel()
					for _, s := range sizes(p)[1:3] {
						best := omniscient(p.server(seed), s.rows, p.network)
						for _, part := range parts() {
							u := standard()
							part.off(&u)
							o := simulateOver(t, p.network, p.server(seed), s.rows, seed, adaptiveOf(p.workers, nil, u))
							o.optimum = best
							mu.Lock()
							k := part.name + p.name + s.name
							if results[k] == nil {
								results[k] = &cell{}
							}
							results[k].runs = append(results[k].runs, o)
							mu.Unlock()
						}
					}
				})
			}
		}
	})
	for _, part := range parts()[1:] {
		fmt.Printf("\nwithout %s\n", part.name)
		for _, p := range policies {
			for _, s := range sizes(p)[1:3] {
				with, without := results["nothing"+p.name+s.name], results[part.name+p.name+s.name]
				if with == nil {
					continue
				}
				e0, e1 := 100*with.mean(outcome.efficiency), 100*without.mean(outcome.efficiency)
				r0, r1 := 100*with.mean(outcome.share), 100*without.mean(outcome.share)
				if math.Abs(e1-e0) > 1 || math.Abs(r1-r0) > 0.1 {
					fmt.Printf("  %-38s %-6s %5.1f/%4.2f → %5.1f/%4.2f\n", p.name, s.name, e0, r0, e1, r1)
				}
			}
		}
	}
}
