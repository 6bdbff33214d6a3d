package provision

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"roomlift/provision/webex"
	"roomlift/report/results"
)

const (
	// DefaultSettle is how long after a lost answer the rooms are listed for the
	// first time. New rooms take a moment to appear in listings, and a gateway
	// may give up on a request that its backend still carries out.
	DefaultSettle = 10 * time.Second
	// absenceFactor times the settling time after a lost answer, and at least
	// one settling time after the first look, a room that is still not listed is
	// believed not to exist.
	absenceFactor = 3
	// batchWindow is how long lost answers gather while other rows go on, so that
	// a listing, which may be many pages, serves many of them.
	batchWindow = 2 * time.Minute
	// maxLosses is how often the answer for one row may be lost, and its room
	// found not to exist, before the row fails.
	maxLosses = 5
	// maxOutages is how often in a row the rooms may not be listable, each time for
	// as long as maxAsks lasts, before the rows stay unknown for this run.
	maxOutages = 4
)

// lost is a row whose answer was lost.
type lost struct {
	step    *Step
	record  results.Record
	began   time.Time     // when this run began with the row
	waited  time.Duration // of that, waiting for a turn
	at      time.Time     // when the answer was lost
	looked  time.Time     // when a listing first lacked its room; zero if none has
	earlier bool          // it was lost by an earlier run
}

// result is what the row came to, by a record that is durable.
func (l *lost) result(record results.Record) *Result {
	return &Result{Row: l.step.Row, Action: l.step.Action, Record: record, Duration: time.Since(l.began), Waited: l.waited}
}

// places are where the row's room may be.
func (l *lost) places() []place {
	recorded, now := placeOf(l.record.Title, l.record.TeamID), placeOf(l.step.Row.Title, l.step.Row.TeamID)
	if recorded == now {
		return []place{now}
	}
	return []place{recorded, now}
}

// since is the earliest time that the row's room can bear. An intent that is
// later than its outcome was not written like that.
func (l *lost) since() time.Time {
	if outcome := l.record.FinishedAt; !outcome.IsZero() && outcome.Before(l.record.StartedAt) {
		return outcome
	}
	return l.record.StartedAt
}

// margin is how far that time may be off.
func (c *reconciler) margin(l *lost) time.Duration {
	if l.earlier {
		return laterMargin
	}
	return clockMargin + c.clock.wasAhead()
}

// ready is when a listing that lacks the row's room is worth something.
func (l *lost) ready(settle time.Duration) time.Time {
	if l.looked.IsZero() {
		return l.at.Add(settle)
	}
	sure, later := l.at.Add(absenceFactor*settle), l.looked.Add(settle)
	if later.After(sure) {
		return later
	}
	return sure
}

// nextLook is when to list the rooms for these rows: while other rows go on, as
// late as is bearable, and when nothing else is left to do, as soon as one
// listing serves all.
func nextLook(rows []*lost, idle bool, settle time.Duration) time.Time {
	var first, last time.Time
	for _, l := range rows {
		ready := l.ready(settle)
		if first.IsZero() || ready.Before(first) {
			first = ready
		}
		if ready.After(last) {
			last = ready
		}
	}
	if idle {
		return last
	}
	return first.Add(batchWindow)
}

// reconciler settles rows whose answers were lost.
type reconciler struct {
	*run

	mu      sync.Mutex
	rows    []*lost
	flights []*attempt          // in no order
	losses  map[*Step]int       // answers lost in this run
	began   map[*Step]time.Time // when this run began with a row whose answer was lost
	last    time.Time           // when the rooms were last listed
	outages int                 // how often in a row that failed
}

func newReconciler(r *run) *reconciler {
	return &reconciler{run: r, losses: map[*Step]int{}, began: map[*Step]time.Time{}}
}

// takeOff and land frame the time in which a row may get a room whose id is not
// recorded yet.
func (c *reconciler) takeOff(a *attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a.flight = len(c.flights)
	c.flights = append(c.flights, a)
}

func (c *reconciler) land(a *attempt) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if a.flight < len(c.flights) && c.flights[a.flight] == a {
		last := c.flights[len(c.flights)-1]
		last.flight = a.flight
		c.flights[last.flight] = last
		c.flights = c.flights[:len(c.flights)-1]
	}
}

// add takes a row whose answer was lost, and which the queue counts as parked.
// Its record is durable already.
func (c *reconciler) add(l *lost) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = append(c.rows, l)
	c.losses[l.step]++
	c.began[l.step] = l.began
}

// begin returns when this run began with a row that is sent now.
func (c *reconciler) begin(step *Step) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if began, again := c.began[step]; again {
		return began
	}
	return time.Now()
}

// earlier takes the rows that an earlier run left unsettled. Those of another
// identity cannot be settled: their rooms are not in our listings.
func (c *reconciler) earlier() error {
	for i := range c.plan.Steps {
		step := &c.plan.Steps[i]
		if step.Action != Reconcile {
			continue
		}
		c.queue.park(1)
		record, _ := c.Results.Get(step.Ref())
		record = restored(record, step.Row)
		if record.CreatorID != c.me.ID {
			reason := "it was sent with another account's token and can only be settled with that"
			if err := c.giveUp(&lost{step: step, record: record, began: c.started}, reason); err != nil {
				return err
			}
			continue
		}
		c.add(&lost{step: step, record: record, began: c.started, at: c.lostAt(record), earlier: true})
	}
	return nil
}

// lostAt is when an earlier run lost a row's answer, by our clock. A run that
// was killed may have sent its last intents a moment ago.
func (c *reconciler) lostAt(record results.Record) time.Time {
	now := time.Now()
	if record.Status == results.Sending || record.FinishedAt.IsZero() {
		return now
	}
	ago := c.clock.now().Sub(record.FinishedAt)
	return now.Add(-max(ago, 0))
}

// settleAll settles rows as they come, until the queue has ended.
func (c *reconciler) settleAll(ctx context.Context) error {
	for {
		idle, ended, changed := c.queue.state()
		if ended {
			return nil
		}
		rows := c.waiting()
		if len(rows) == 0 {
			select {
			case <-changed:
				continue
			case <-ctx.Done():
				return stopped(ctx)
			}
		}
		timer := time.NewTimer(time.Until(c.due(rows, idle)))
		select {
		case <-timer.C:
			if err := c.look(ctx); err != nil {
				return err
			}
		case <-changed:
		case <-ctx.Done():
		}
		timer.Stop()
		if ctx.Err() != nil {
			return stopped(ctx)
		}
	}
}

// due is when to look next. It tells of a wait that nothing else fills.
func (c *reconciler) due(rows []*lost, idle bool) time.Time {
	at := nextLook(rows, idle, c.Settle)
	if soonest := c.last.Add(c.Settle); at.Before(soonest) {
		at = soonest // rows that could not be judged then are not asked about in a rush
	}
	if idle && time.Until(at) > 0 {
		c.emit(Event{Kind: Settling, Until: at, Rows: len(rows)})
	}
	return at
}

// settleEarlier settles the rows of an earlier run before any row is sent.
func (c *reconciler) settleEarlier(ctx context.Context) error {
	if err := c.earlier(); err != nil {
		return err
	}
	for rows := c.waiting(); len(rows) > 0; rows = c.waiting() {
		if err := sleep(ctx, time.Until(c.due(rows, true))); err != nil {
			return err
		}
		if err := c.look(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (c *reconciler) waiting() []*lost {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.rows)
}

// look lists the rooms once and settles every row that the listing decides.
func (c *reconciler) look(ctx context.Context) error {
	rows := c.waiting()
	asked := time.Now()
	c.last = asked
	places := make(map[place]bool, len(rows))
	for _, l := range rows {
		for _, p := range l.places() {
			places[p] = true
		}
	}
	rooms, err := c.rooms(ctx, func(room *webex.Room) bool {
		return places[placeOf(room.Title, room.TeamID)] || room.TitleUnreadable() || room.CreatorID == ""
	})
	c.listings.Add(1)
	var unanswered *listError
	if errors.As(err, &unanswered) {
		if c.outages++; c.outages < maxOutages && passing(unanswered.err) {
			return nil // they stay, and are looked for again
		}
		return c.giveUpAll(rows, unanswered)
	}
	if err != nil {
		return err
	}
	c.outages = 0
	return c.decide(rooms, asked)
}

// decide settles rows by a listing that was begun at the given time. A row whose
// answer was lost meanwhile takes part: its room may be listed already, and
// another row must not take it.
func (c *reconciler) decide(rooms []webex.Room, asked time.Time) error {
	rows, rooms := c.unmistakable(rooms)
	want := make([]wanted, len(rows))
	for i, l := range rows {
		want[i] = wanted{l.places(), l.since(), c.margin(l)}
	}
	fates, ids := match(want, rooms, c.me.ID)
	for i, l := range rows {
		var err error
		switch {
		case fates[i] == found:
			err = c.adopt(l, ids[i])
		case asked.Before(l.ready(c.Settle)): // too early to believe what is not there
		case l.looked.IsZero():
			l.looked = asked
		case fates[i] == unclear:
			err = c.giveUp(l, "a room whose title Webex could not decrypt may be this row's; look for it in Webex")
		case l.step.Reason() != "":
			err = c.refuse(l)
		case c.lossesOf(l.step) >= maxLosses:
			err = c.fail(l)
		default:
			c.drop(l)
			c.emit(Event{Kind: Absent, Result: l.result(l.record)})
			c.queue.settle(l.step, true)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// unmistakable returns the lost rows and the listed rooms, but for the rooms that
// rows have already, and the rows whose rooms could be those of a row in flight,
// whose id is not recorded yet. The flights are looked at first: what lands after
// that is recorded.
func (c *reconciler) unmistakable(rooms []webex.Room) ([]*lost, []webex.Room) {
	c.mu.Lock()
	flown := map[place]bool{}
	for _, a := range c.flights {
		flown[placeOf(a.Record.Title, a.Record.TeamID)] = true
	}
	var free []*lost
	for _, l := range c.rows {
		if !slices.ContainsFunc(l.places(), func(p place) bool { return flown[p] }) {
			free = append(free, l)
		}
	}
	c.mu.Unlock()
	return free, unrecorded(rooms, c.Results)
}

// unrecorded returns the rooms that belong to no row yet.
func unrecorded(rooms []webex.Room, records Records) []webex.Room {
	ids := make([]string, len(rooms))
	for i := range rooms {
		ids[i] = rooms[i].ID
	}
	taken := records.Recorded(ids)
	return slices.DeleteFunc(slices.Clone(rooms), func(r webex.Room) bool { return taken[r.ID] })
}

func (c *reconciler) lossesOf(step *Step) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.losses[step]
}

// drop takes a row off the list of those that wait.
func (c *reconciler) drop(l *lost) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rows = slices.DeleteFunc(c.rows, func(other *lost) bool { return other == l })
}

func (c *reconciler) adopt(l *lost, roomID string) error {
	record := l.record
	record.Status, record.RoomID, record.Error = results.Adopted, roomID, ""
	return c.conclude(l, record)
}

// refuse ends a row that has no room and may not be sent again.
func (c *reconciler) refuse(l *lost) error {
	record := l.record
	record.Status, record.Error = results.Failed, l.step.Reason()
	c.failed.Add(1)
	return c.conclude(l, record)
}

func (c *reconciler) fail(l *lost) error {
	record := l.record
	record.Status = results.Failed
	record.Error = fmt.Sprintf("no answer in %d attempts, and no room was made: %s; try again later", maxLosses, record.Error)
	c.failed.Add(1)
	return c.conclude(l, record)
}

func (c *reconciler) giveUp(l *lost, reason string) error {
	record := l.record
	record.Status = results.Unknown
	record.Error = "it is not known whether the room exists: " + reason
	return c.conclude(l, record)
}

func (c *reconciler) giveUpAll(rows []*lost, cause error) error {
	remedy := "run again to settle it"
	var answer *webex.Error
	if errors.As(cause, &answer) && answer.StatusCode == http.StatusForbidden {
		remedy += ", with a token that has the scope spark:rooms_read"
	}
	for _, l := range rows {
		reason := fmt.Sprintf("%v; %s", cause, remedy)
		if err := c.giveUp(l, reason); err != nil {
			return err
		}
	}
	return nil
}

// conclude records what a row came to, and tells of it once that is durable.
func (c *reconciler) conclude(l *lost, record results.Record) error {
	record.FinishedAt = c.clock.now()
	if err := c.Results.Append(record); err != nil {
		return err
	}
	c.drop(l)
	c.emit(Event{Kind: RowDone, Result: l.result(record)})
	c.queue.settle(l.step, false)
	return nil
}
