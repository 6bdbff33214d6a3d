package webextest

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"roomlift/provision/webex"
)

// Webex's own bounds on a page.
const (
	defaultPage = 100
	largestPage = 1000
)

// listing is a checked GET /rooms.
type listing struct {
	key    viewKey
	direct bool // no room here is a direct one
	byID   bool
	max    int
	after  string // cursor: the last room of the page before, "" at the start
	filled bool   // the cursor comes from an empty page, and wants the rooms
}

// filledMark begins a cursor that stands on an empty page.
const filledMark = "~"

// listRooms answers GET /rooms. A page begins after the last room of the page
// before, wherever that stands by now, so that rooms which are made or deleted
// meanwhile neither repeat nor hide others.
func listRooms(x *exchange) reply {
	list, refusal := x.parseListing()
	if refusal != nil {
		return *refusal
	}
	if x.config.emptyPages && !list.filled {
		answer := respond(http.StatusOK, map[string]any{"items": []webex.Room{}})
		answer.link = x.nextLink(filledMark + list.after)
		return answer
	}
	var page []room
	var more bool
	if !list.direct {
		page, more = x.server.store.page(list, time.Now())
	}
	items := make([]webex.Room, 0, len(page))
	for _, r := range page {
		items = append(items, x.readable(r))
	}
	answer := respond(http.StatusOK, map[string]any{"items": items})
	if more {
		answer.link = x.nextLink(list.cursor(page[len(page)-1]))
	}
	return answer
}

func (x *exchange) parseListing() (listing, *reply) {
	q := x.r.URL.Query()
	list := listing{
		key:    viewKey{x.person.ID, q.Get("teamId")},
		direct: q.Get("type") == "direct",
		byID:   q.Get("sortBy") == "id" || x.config.ignoreSort,
		max:    defaultPage,
	}
	list.after, list.filled = strings.CutPrefix(q.Get("cursor"), filledMark)
	var faults []string
	if q.Has("teamId") && !x.config.knowsTeam(list.key.team) {
		refusal := refuse(http.StatusNotFound, "The team could not be found.")
		return list, &refusal
	}
	if q.Has("type") && !slices.Contains([]string{"direct", "group"}, q.Get("type")) {
		faults = append(faults, "type must be direct or group.")
	}
	if q.Has("sortBy") && !slices.Contains([]string{"id", "lastactivity", "created"}, q.Get("sortBy")) {
		faults = append(faults, "sortBy must be id, lastactivity or created.")
	}
	if q.Has("max") {
		var err error
		if list.max, err = strconv.Atoi(q.Get("max")); err != nil || list.max < 1 || list.max > largestPage {
			faults = append(faults, "max must be between 1 and 1000.")
		}
	}
	if !list.validCursor() {
		faults = append(faults, "cursor is not one that this server gave out.")
	}
	if len(faults) > 0 {
		return list, &reply{status: http.StatusBadRequest, errors: faults}
	}
	if slow := x.config.slowPage; slow > 0 && list.max > slow {
		refusal := refuse(http.StatusGatewayTimeout, "The listing took too long. Ask for fewer rooms with max.")
		return list, &refusal
	}
	if bound := x.config.maxPage; bound > 0 {
		list.max = min(list.max, bound)
	}
	return list, nil
}

// cursor names a room as the last one of a page.
func (l listing) cursor(r room) string {
	text := fmt.Sprintf("%d:%d", r.created, r.number)
	if l.byID {
		text = hex.EncodeToString(r.id[:])
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// afterTime returns the room that a cursor of a listing by time names.
func (l listing) afterTime() (room, bool) {
	text, err := base64.RawURLEncoding.DecodeString(l.after)
	created, number, found := strings.Cut(string(text), ":")
	var r room
	var errs [2]error
	r.created, errs[0] = strconv.ParseInt(created, 10, 64)
	r.number, errs[1] = strconv.ParseUint(number, 10, 64)
	return r, err == nil && found && errs[0] == nil && errs[1] == nil
}

// afterID returns the room that a cursor of a listing by id names.
func (l listing) afterID() (uuid, bool) {
	text, err := base64.RawURLEncoding.DecodeString(l.after)
	var id uuid
	if err != nil || len(text) != hex.EncodedLen(len(id)) {
		return id, false
	}
	_, err = hex.Decode(id[:], text)
	return id, err == nil
}

func (l listing) validCursor() bool {
	if l.after == "" {
		return true
	}
	if l.byID {
		_, ok := l.afterID()
		return ok
	}
	_, ok := l.afterTime()
	return ok
}

// page returns copies of the rooms of one page, and whether there are more.
func (s *store) page(l listing, now time.Time) (page []room, more bool) {
	if l.byID {
		s.sortByID(l.key)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := s.views[l.key]
	if v == nil {
		return nil, false
	}
	for r := range v.from(l) {
		if r.gone || r.archived || r.listedFrom.After(now) {
			continue
		}
		if len(page) == l.max {
			return page, true
		}
		page = append(page, *r)
	}
	return page, false
}

// from yields the rooms that follow the cursor: newest first, or by id.
func (v *view) from(l listing) func(yield func(*room) bool) {
	return func(yield func(*room) bool) {
		if l.byID {
			last, _ := l.afterID()
			start := sort.Search(len(v.byID), func(i int) bool { return bytes.Compare(v.byID[i].id[:], last[:]) > 0 })
			for _, r := range v.byID[start:] {
				if !yield(r) {
					return
				}
			}
			return
		}
		end := len(v.rooms)
		if last, ok := l.afterTime(); ok {
			end = sort.Search(end, func(i int) bool { return older(v.rooms[i], &last) >= 0 })
		}
		for i := end - 1; i >= 0; i-- {
			if !yield(v.rooms[i]) {
				return
			}
		}
	}
}

// sortByID brings a view's order by id up to date. It sorts outside the lock,
// since that takes long for a million rooms.
func (s *store) sortByID(key viewKey) {
	s.mu.RLock()
	v := s.views[key]
	if v == nil || len(v.byID) == len(v.rooms) {
		s.mu.RUnlock()
		return
	}
	sorted := slices.Clone(v.rooms)
	s.mu.RUnlock()
	slices.SortFunc(sorted, func(a, b *room) int { return bytes.Compare(a.id[:], b.id[:]) })
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(sorted) > len(v.byID) {
		v.byID = sorted
	}
}

// nextLink returns the URL of the page after a cursor.
func (x *exchange) nextLink(cursor string) string {
	q := x.r.URL.Query()
	q.Set("cursor", cursor)
	next := url.URL{Scheme: scheme(x.r), Host: x.r.Host, Path: x.r.URL.Path, RawQuery: q.Encode()}
	return next.String()
}
