package webextest

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"roomlift/provision/webex"
)

// store holds the rooms. Every operation but a listing by id takes constant
// time, or the time of one page.
type store struct {
	mu    sync.RWMutex
	made  uint64 // rooms ever made
	byID  map[uuid]*room
	all   timeline
	views map[viewKey]*view
}

// room is a room as the store keeps it; it is small, for there may be
// millions. Its fields may be read and written under the store's lock alone.
type room struct {
	id               uuid
	number           uint64 // counts the rooms in the order of creation, from 1
	created          int64  // Unix milliseconds of the server's clock
	lastActivity     int64
	madePublic       int64
	listedFrom       time.Time // when listings begin to show it
	title            string
	teamID           string
	classificationID string
	description      string
	creatorID        string
	ownerID          string
	members          []string // besides the creator
	locked           bool
	public           bool
	announcement     bool
	readOnly         bool
	archived         bool // of a team, deleted: kept, but not listed
	gone             bool
}

// timeline is rooms ordered by creation, oldest first.
type timeline []*room

// older orders rooms by creation.
func older(a, b *room) int {
	return cmp.Or(cmp.Compare(a.created, b.created), cmp.Compare(a.number, b.number))
}

// insert adds a room in its place, which is nearly always the end.
func (t timeline) insert(r *room) timeline {
	i := len(t)
	for i > 0 && older(r, t[i-1]) < 0 {
		i--
	}
	return slices.Insert(t, i, r)
}

// viewKey names what one person lists: all rooms, or those of one team.
type viewKey struct{ person, team string }

type view struct {
	rooms timeline
	byID  []*room // the rooms ordered by id, as of when there were this many
}

// add puts a room into the store. It gives it an id and a number.
func (s *store) add(r *room, seed uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	r.number = s.made
	r.id = newUUID(seed, roomStream, r.number)
	if s.byID == nil {
		s.byID = make(map[uuid]*room)
		s.views = make(map[viewKey]*view)
	}
	s.byID[r.id] = r
	s.all = s.all.insert(r)
	s.show(r, r.creatorID)
	for _, member := range r.members {
		s.show(r, member)
	}
}

// show makes a member list the room.
func (s *store) show(r *room, person string) {
	s.view(viewKey{person: person}, r)
	if r.teamID != "" {
		s.view(viewKey{person, r.teamID}, r)
	}
}

func (s *store) view(key viewKey, r *room) {
	v := s.views[key]
	if v == nil {
		v = &view{}
		s.views[key] = v
	}
	v.rooms = v.rooms.insert(r)
}

// get returns a room that the person is a member of, as it is now.
func (s *store) get(id uuid, person string) (room, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if r := s.byID[id]; r != nil && r.hasMember(person) {
		return *r, true
	}
	return room{}, false
}

// change calls f with a room that the person is a member of, and returns the
// room as it is afterwards.
func (s *store) change(id uuid, person string, f func(*room)) (room, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.byID[id]
	if r == nil || !r.hasMember(person) {
		return room{}, false
	}
	team := r.teamID
	f(r)
	if r.gone {
		delete(s.byID, id)
	}
	if team == "" && r.teamID != "" {
		for _, member := range append([]string{r.creatorID}, r.members...) {
			s.view(viewKey{member, r.teamID}, r)
		}
	}
	return *r, true
}

func (r *room) hasMember(person string) bool {
	return r.creatorID == person || slices.Contains(r.members, person)
}

// wire returns the room as Webex writes it.
func (r *room) wire() webex.Room {
	return webex.Room{
		ID:                 encodeID("ROOM", r.id),
		Title:              r.title,
		Type:               "group",
		IsLocked:           r.locked,
		TeamID:             r.teamID,
		LastActivity:       fromMilli(r.lastActivity),
		CreatorID:          r.creatorID,
		Created:            fromMilli(r.created),
		OwnerID:            r.ownerID,
		ClassificationID:   r.classificationID,
		IsAnnouncementOnly: r.announcement,
		IsReadOnly:         r.readOnly,
		IsPublic:           r.public,
		MadePublic:         fromMilli(r.madePublic),
		Description:        r.description,
	}
}

// fromMilli returns the time, zero for 0.
func fromMilli(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Rooms returns the rooms that really exist, whoever made them, oldest first.
// An archived room exists; a deleted one does not.
func (s *Server) Rooms() []webex.Room {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	rooms := make([]webex.Room, 0, len(s.store.byID))
	for _, r := range s.store.all {
		if !r.gone {
			rooms = append(rooms, r.wire())
		}
	}
	return rooms
}

// Count returns how many rooms really exist.
func (s *Server) Count() int {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	return len(s.store.byID)
}

// AddRoom makes a room exist without a request, such as one that was there
// long before, and returns it with its id. Members may list it, besides its
// CreatorID; that is Me where it is empty, as Created is now.
func (s *Server) AddRoom(room webex.Room, members ...string) webex.Room {
	config := s.config()
	owner := completePerson(config.me)
	if room.CreatorID == "" {
		room.CreatorID = owner.ID
	}
	if room.Created.IsZero() {
		room.Created = time.Now().Add(config.clockSkew)
	}
	r := newRoom(room, members)
	if r.ownerID == "" {
		r.ownerID = owner.OrgID
	}
	s.store.add(r, s.seed())
	return r.wire()
}

func newRoom(w webex.Room, members []string) *room {
	r := &room{
		title:            w.Title,
		teamID:           w.TeamID,
		classificationID: w.ClassificationID,
		description:      w.Description,
		creatorID:        w.CreatorID,
		ownerID:          w.OwnerID,
		members:          members,
		locked:           w.IsLocked,
		public:           w.IsPublic,
		announcement:     w.IsAnnouncementOnly,
		readOnly:         w.IsReadOnly,
		created:          w.Created.UnixMilli(),
	}
	r.lastActivity = r.created
	if r.public {
		r.madePublic = r.created
	}
	return r
}
