// Package webextest is an in-memory Webex: the part of its API that concerns
// rooms, as an [http.Handler] whose zero value works. Limits, latency and
// faults are settings, and the server keeps the truth, so that a test can
// compare what a client believes with what really exists.
//
// It follows Webex's public documentation. Where that is silent it decides as
// follows: a bot that classifies the room it creates is refused with 403; an
// unknown team is a 404, and so is an empty teamId; every authenticated call
// counts against the rate limit; rooms are listed newest first unless they
// are sorted by id, and sortBy=lastactivity is the same as created.
package webextest

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"roomlift/provision/webex"
)

// Server is an in-memory Webex below the path /v1. Its zero value accepts any
// bearer token, has no limit and no faults. The fields are settings: set them
// before the first request, or inside [Server.Change].
type Server struct {
	// Me is the person that a token belongs to; empty fields are filled in.
	Me webex.Person
	// Token is the one token of Me; "" accepts every token, unless there are
	// Identities.
	Token string
	// Identities are further people by their tokens. Each lists only the rooms
	// that they are a member of.
	Identities map[string]webex.Person
	// Integration issues tokens of Me that expire and can be renewed, besides
	// Token and Identities; nil means that there is none, and "" for Token then
	// accepts no other.
	Integration *Integration
	// Teams are the ids of the teams that exist; nil means that every id of
	// Webex's form, base64 of ciscospark://…, is a team.
	Teams []string
	// Limit bounds the calls of each person; nil means no limit.
	Limit Limit
	// Latency is how long answers take.
	Latency Latency
	// ListingLag is how long after its creation a room is first listed.
	ListingLag time.Duration
	// ClockSkew is how far the server's clock is ahead of the real one. It
	// shows in Date headers and in the times of rooms.
	ClockSkew time.Duration
	// TrimTitles makes the server trim white space around titles.
	TrimTitles bool
	// Undecryptable reports whether a room with this title is read back as
	// ciphertext with a kms_failure; nil means none is.
	Undecryptable func(title string) bool
	// MaxPage bounds the rooms in a page, below what the caller asks for; 0
	// means Webex's own bound of 1000.
	MaxPage int
	// EmptyPages puts a page without rooms, but with a next link, before each
	// page of a listing.
	EmptyPages bool
	// IgnoreSort lists rooms by id whatever order is asked for, as Webex may do
	// for people who are in thousands of rooms.
	IgnoreSort bool
	// SlowPage makes listings that ask for more rooms in a page than this time
	// out with a 504; 0 means none does.
	SlowPage int
	// Faults decides what goes wrong with a request that is authenticated and
	// within the limit; nil means nothing does. It may be called from several
	// goroutines at once.
	Faults func(FaultRequest) Fault
	// Seed makes room ids and latencies repeatable; 0 makes them random.
	Seed uint64
	// LogSize is how many requests [Server.Requests] remembers; 0 means 10,000.
	LogSize int

	settings sync.RWMutex
	random   struct {
		once sync.Once
		seed uint64
	}
	store   store
	traffic traffic
	issued  issued
}

// Latency is how long an answer takes: at least Min and at most Max. The room
// is made at some point in between.
type Latency struct{ Min, Max time.Duration }

// Change calls f, which may set any field of s while s is serving. Requests
// that have already arrived go on with the old settings.
func (s *Server) Change(f func(*Server)) {
	s.settings.Lock()
	defer s.settings.Unlock()
	f(s)
}

// config is what one request sees of the settings.
type config struct {
	me            webex.Person
	token         string
	identities    map[string]webex.Person
	integration   *Integration
	teams         []string
	limit         Limit
	latency       Latency
	listingLag    time.Duration
	clockSkew     time.Duration
	trimTitles    bool
	undecryptable func(string) bool
	maxPage       int
	emptyPages    bool
	ignoreSort    bool
	slowPage      int
	faults        func(FaultRequest) Fault
	logSize       int
}

func (s *Server) config() config {
	s.settings.RLock()
	defer s.settings.RUnlock()
	integration := s.Integration
	if integration != nil {
		now := *integration
		integration = &now
	}
	return config{
		me:            s.Me,
		token:         s.Token,
		identities:    s.Identities,
		integration:   integration,
		teams:         s.Teams,
		limit:         s.Limit,
		latency:       s.Latency,
		listingLag:    s.ListingLag,
		clockSkew:     s.ClockSkew,
		trimTitles:    s.TrimTitles,
		undecryptable: s.Undecryptable,
		maxPage:       s.MaxPage,
		emptyPages:    s.EmptyPages,
		ignoreSort:    s.IgnoreSort,
		slowPage:      s.SlowPage,
		faults:        s.Faults,
		logSize:       s.LogSize,
	}
}

// seed returns what all chance of this server comes from.
func (s *Server) seed() uint64 {
	s.random.once.Do(func() {
		s.settings.RLock()
		defer s.settings.RUnlock()
		if s.random.seed = s.Seed; s.random.seed == 0 {
			s.random.seed = rand.Uint64()
		}
	})
	return s.random.seed
}

// exchange is one request on its way to an answer.
type exchange struct {
	server  *Server
	config  config
	w       http.ResponseWriter
	r       *http.Request
	number  uint64 // counts the requests of the server, from 1
	arrived time.Time
	person  webex.Person
	body    []byte // of a request that has one
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := &exchange{server: s, config: s.config(), w: w, r: r, arrived: time.Now()}
	x.number = s.traffic.arrive(x)

	operation, refusal := x.admit()
	if refusal != nil {
		x.answer(*refusal)
		return
	}
	fault := x.fault()
	before, after := x.latency()
	x.sleep(before)
	perform := func() reply {
		answer := operation(x)
		x.sleep(after)
		return answer
	}
	if fault.Kind == NoFault {
		x.answer(perform())
		return
	}
	s.traffic.faulty(x.number, fault)
	fault.strike(x, perform)
}

// admit checks what every request must pass, and finds what it asks for.
func (x *exchange) admit() (operation, *reply) {
	if isRenewal(x.r) {
		return renewToken, nil
	}
	if refusal := x.authenticate(); refusal != nil {
		return nil, refusal
	}
	if wait, ok := x.server.traffic.admit(x); !ok {
		refusal := refuse(http.StatusTooManyRequests, "Too many requests. Wait as long as Retry-After says.")
		refusal.retryAfter = wait
		return nil, &refusal
	}
	operation, refusal := route(x.r)
	if refusal == nil {
		refusal = x.readBody()
	}
	return operation, refusal
}

// authenticate finds the person that the request's token belongs to.
func (x *exchange) authenticate() *reply {
	scheme, token, _ := strings.Cut(x.r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		refusal := refuse(http.StatusUnauthorized, "The request requires a valid access token set in the Authorization request header.")
		return &refusal
	}
	person, known := x.config.identities[token]
	if !known {
		person = x.config.me
		known = token == x.config.token || x.config.token == "" && len(x.config.identities) == 0 && x.config.integration == nil
	}
	if integration := x.config.integration; !known && integration != nil {
		known = x.server.issued.holds(token, integration, x.arrived)
	}
	if !known {
		refusal := refuse(http.StatusUnauthorized, "The access token is not known, or it has expired.")
		return &refusal
	}
	x.person = completePerson(person)
	return nil
}

// latency chooses how long to wait before and after the request is carried
// out.
func (x *exchange) latency() (before, after time.Duration) {
	low, high := x.config.latency.Min, max(x.config.latency.Min, x.config.latency.Max)
	if high <= 0 {
		return 0, 0
	}
	chance := rand.New(rand.NewPCG(x.server.seed(), x.number))
	total := low + time.Duration(chance.Float64()*float64(high-low))
	before = time.Duration(chance.Float64() * float64(total))
	return before, total - before
}

// sleep waits for d, or until the server closes. A client that hangs up does
// not end it: Webex goes on too.
func (x *exchange) sleep(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-closing(x.r):
	}
}

// now returns the time of the server's own clock.
func (x *exchange) now() time.Time { return time.Now().Add(x.config.clockSkew) }
