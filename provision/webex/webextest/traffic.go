package webextest

import (
	"maps"
	"net/http"
	"sync"
	"time"

	"roomlift/provision/retryafter"
	"roomlift/provision/webex"
)

// defaultLogSize is how many requests are remembered in full.
const defaultLogSize = 10_000

// Request is one request that the server received.
type Request struct {
	Method     string
	Path       string // with its query
	TrackingID string // what the client sent
	At         time.Time
	// Status is what was answered, 0 while or when nothing was.
	Status int
	// Fault is what was made to go wrong, the zero value for nothing.
	Fault Fault
	// Early reports a request that came inside a Retry-After which its sender
	// had been told.
	Early bool
}

// Counts are the requests that the server received since it began.
type Counts struct {
	Requests int            // all of them
	Posts    int            // POST /rooms, whatever became of it
	Listings int            // GET /rooms, each page by itself
	Refused  int            // answered with 429
	Early    int            // came inside an announced Retry-After
	ByStatus map[int]int    // by the status that was answered
	ByFault  map[string]int // by the name of the fault, see Fault.Name
}

// traffic counts and remembers requests, and keeps the limits.
type traffic struct {
	mu      sync.Mutex
	arrived uint64
	log     []Request // a ring: request n stands at (n-1) % cap
	counts  Counts
	people  map[string]*quota
	seen    map[string]int // requests that came as far as the faults, by what they ask for
	methods map[string]int // the same, by method
}

// quota is one person's share.
type quota struct {
	limit     Limit
	meter     meter
	waitUntil time.Time // the end of the announced Retry-After
}

// arrive counts a request and returns its number.
func (t *traffic) arrive(x *exchange) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.log == nil {
		size := x.config.logSize
		if size <= 0 {
			size = defaultLogSize
		}
		t.log = make([]Request, 0, size)
		t.counts.ByStatus = make(map[int]int)
		t.counts.ByFault = make(map[string]int)
		t.people = make(map[string]*quota)
		t.seen = make(map[string]int)
		t.methods = make(map[string]int)
	}
	t.arrived++
	t.counts.Requests++
	if x.r.URL.Path == basePath+"/rooms" {
		switch x.r.Method {
		case http.MethodPost:
			t.counts.Posts++
		case http.MethodGet:
			t.counts.Listings++
		}
	}
	if len(t.log) < cap(t.log) {
		t.log = append(t.log, Request{})
	}
	t.log[(t.arrived-1)%uint64(cap(t.log))] = Request{
		Method:     x.r.Method,
		Path:       x.r.URL.RequestURI(),
		TrackingID: x.r.Header.Get("TrackingID"),
		At:         x.arrived,
	}
	return t.arrived
}

// entry returns the log's entry of a request, nil if it has been overwritten.
func (t *traffic) entry(number uint64) *Request {
	if t.arrived-number >= uint64(cap(t.log)) {
		return nil
	}
	return &t.log[(number-1)%uint64(cap(t.log))]
}

// admit counts a request against its sender's limit.
func (t *traffic) admit(x *exchange) (wait time.Duration, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.quota(x.person)
	if x.arrived.Before(q.waitUntil) {
		t.counts.Early++
		if entry := t.entry(x.number); entry != nil {
			entry.Early = true
		}
	}
	if q.limit != x.config.limit {
		q.limit, q.meter = x.config.limit, nil
		if q.limit != nil {
			q.meter = q.limit.start(x.arrived)
		}
	}
	if q.meter == nil {
		return 0, true
	}
	return q.meter.take(x.arrived)
}

func (t *traffic) quota(person webex.Person) *quota {
	q := t.people[person.ID]
	if q == nil {
		q = &quota{}
		t.people[person.ID] = q
	}
	return q
}

// faulty remembers what goes wrong with a request.
func (t *traffic) faulty(number uint64, fault Fault) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.ByFault[fault.Name()]++
	if entry := t.entry(number); entry != nil {
		entry.Fault = fault
	}
}

// answered remembers an answer that was written, and the wait that it asks
// for. The wait counts from when it was told, not from when it was decided.
func (t *traffic) answered(x *exchange, a reply) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.ByStatus[a.status]++
	if a.status == http.StatusTooManyRequests {
		t.counts.Refused++
	}
	if entry := t.entry(x.number); entry != nil {
		entry.Status = a.status
	}
	if x.w.Header().Get("Retry-After") == "" {
		return
	}
	if wait := retryafter.Parse(x.w.Header(), x.now()); wait.Valid {
		until := time.Now().Add(wait.Delay)
		if q := t.quota(x.person); until.After(q.waitUntil) {
			q.waitUntil = until
		}
	}
}

// ordinals counts a request that came as far as the faults: how many asked
// for the same, and how many had the same method, this one included.
func (t *traffic) ordinals(method, what string) (attempt, number int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen[what]++
	t.methods[method]++
	return t.seen[what], t.methods[method]
}

// Requests returns the last requests, at most LogSize, in the order of their
// arrival.
func (s *Server) Requests() []Request {
	t := &s.traffic
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.log == nil {
		return nil
	}
	oldest := t.arrived % uint64(cap(t.log))
	if len(t.log) < cap(t.log) {
		oldest = 0
	}
	return append(append([]Request{}, t.log[oldest:]...), t.log[:oldest]...)
}

// Counts returns how many requests came and what became of them.
func (s *Server) Counts() Counts {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	counts := s.traffic.counts
	counts.ByStatus = maps.Clone(counts.ByStatus)
	counts.ByFault = maps.Clone(counts.ByFault)
	return counts
}

// EarlyRequests returns how many requests came inside a Retry-After that
// their sender had been told. A request that was already on its way when the
// refusal was answered counts too, unless it came in the same instant.
func (s *Server) EarlyRequests() int {
	s.traffic.mu.Lock()
	defer s.traffic.mu.Unlock()
	return s.traffic.counts.Early
}
