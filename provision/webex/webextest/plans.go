package webextest

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultRequest is what a plan of faults knows of a request. Only requests
// that are authenticated and within the limit come before it.
type FaultRequest struct {
	Method  string
	Path    string // with its query
	Person  string // the id of the caller
	Title   string // of a POST or PUT, "" if it has none
	TeamID  string
	Attempt int // how often the same was asked for, this time included
	Number  int // how many requests had this method, this one included
}

// fault asks the plan what goes wrong with the request.
func (x *exchange) fault() Fault {
	plan := x.config.faults
	if plan == nil {
		return Fault{}
	}
	request := FaultRequest{Method: x.r.Method, Path: x.r.URL.RequestURI(), Person: x.person.ID}
	if fields, refusal := x.roomFields(); x.body != nil && refusal == nil {
		request.Title = *fields.Title
		set(&request.TeamID, fields.TeamID)
	}
	what := strings.Join([]string{request.Method, request.Path, request.Person, request.Title, request.TeamID}, "\x00")
	request.Attempt, request.Number = x.server.traffic.ordinals(request.Method, what)
	return plan(request)
}

// Script returns a plan in which the nth request with the method meets the
// nth fault, and all others meet none.
func Script(method string, faults ...Fault) func(FaultRequest) Fault {
	faults = slices.Clone(faults)
	return func(r FaultRequest) Fault {
		if r.Method != method || r.Number > len(faults) {
			return Fault{}
		}
		return faults[r.Number-1]
	}
}

// Chance is a fault and the share of the requests that meet it.
type Chance struct {
	Fault  Fault
	Rate   float64 // 0 to 1
	Method string  // of the requests that it concerns; "" means POST
}

// RandomFaults returns a plan by chance. What a request meets depends on the
// seed, on what it asks for and on how often that was asked for, and not on
// the order in which requests arrive.
func RandomFaults(seed uint64, chances ...Chance) func(FaultRequest) Fault {
	chances = slices.Clone(chances)
	return func(r FaultRequest) Fault {
		draw := rand.New(rand.NewPCG(seed, r.hash())).Float64()
		for _, c := range chances {
			if r.Method != cmp.Or(c.Method, http.MethodPost) {
				continue
			}
			if draw < c.Rate {
				return c.Fault
			}
			draw -= c.Rate
		}
		return Fault{}
	}
}

// hash is FNV-1a over what the request asks for, and how often.
func (r FaultRequest) hash() uint64 {
	hash := uint64(14695981039346656037)
	for _, part := range []string{r.Method, r.Path, r.Person, r.Title, r.TeamID, strconv.Itoa(r.Attempt)} {
		for i := range len(part) {
			hash = (hash ^ uint64(part[i])) * 1099511628211
		}
		hash *= 1099511628211 // as for a byte of 0, which parts the parts
	}
	return hash
}

// FaultKinds returns the names of all kinds of faults with what they do, such
// as for the help of a flag.
func FaultKinds() map[FaultKind]string {
	kinds := make(map[FaultKind]string, len(effects))
	for kind, effect := range effects {
		kinds[kind] = effect.help
	}
	return kinds
}

// ParseChance reads a fault and its share from a flag: its [Fault.Name], an
// optional delay after @, an optional Retry-After after /, and after = the
// share of the requests, all of them if it is left out. "reset+made=0.1" makes one room in ten and loses its
// answer; "GET status:504=0.5" fails half of the listings; "late@3s=0.01"
// makes a room three seconds after its answer was lost; "status:429/30=0.1"
// refuses one room in ten for half a minute.
func ParseChance(s string) (Chance, error) {
	var c Chance
	name, rate, hasRate := strings.Cut(s, "=")
	c.Rate = 1
	if hasRate {
		var err error
		if c.Rate, err = strconv.ParseFloat(rate, 64); err != nil || !(c.Rate >= 0 && c.Rate <= 1) {
			return Chance{}, fmt.Errorf("the share %q of the fault %q is not a number between 0 and 1", rate, s)
		}
	}
	if method, rest, found := strings.Cut(name, " "); found {
		c.Method, name = method, rest
		if known := []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}; !slices.Contains(known, method) {
			return Chance{}, fmt.Errorf("the method %q of the fault %q is none of %s", method, s, strings.Join(known, ", "))
		}
	}
	name, c.Fault.RetryAfter, _ = strings.Cut(name, "/")
	name, delay, hasDelay := strings.Cut(name, "@")
	if hasDelay {
		var err error
		if c.Fault.Delay, err = time.ParseDuration(delay); err != nil || c.Fault.Delay < 0 {
			return Chance{}, fmt.Errorf("the delay %q of the fault %q is not a duration such as 2s", delay, s)
		}
	}
	name, status, hasStatus := strings.Cut(name, ":")
	if hasStatus {
		var err error
		if c.Fault.Status, err = strconv.Atoi(status); err != nil || c.Fault.Status < 200 || c.Fault.Status > 599 {
			return Chance{}, fmt.Errorf("the status %q of the fault %q is not between 200 and 599", status, s)
		}
	}
	name, c.Fault.Made = strings.CutSuffix(name, "+made")
	c.Fault.Kind = FaultKind(name)
	if _, known := effects[c.Fault.Kind]; !known {
		return Chance{}, fmt.Errorf("no fault is called %q; there are %s", name, strings.Join(kindNames(), ", "))
	}
	return c, nil
}

func kindNames() []string {
	var names []string
	for kind := range effects {
		names = append(names, string(kind))
	}
	slices.Sort(names)
	return names
}
