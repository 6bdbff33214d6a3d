package webex

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// ListRooms chooses which rooms to list. Zero fields are left out of the
// request.
type ListRooms struct {
	TeamID string
	Type   string // "direct" or "group"
	SortBy string // "id", "lastactivity" or "created"
	Max    int    // rooms in a page, 1 to 1000; Webex's default is 100
}

// RoomPage is one page of a listing.
type RoomPage struct {
	Items    []Room
	Response Response
	// Last reports that no page follows.
	Last bool
}

// Rooms lists the rooms that the caller is a member of, page by page. Each
// iteration makes one request, and only when it is pulled, so that the caller
// can take a turn at its limiter in between. After an error the caller may
// stop, or go on: then the same page is asked for again. Nothing is retried by
// itself. A page that cannot be followed safely, because its next link leaves
// the base URL or leads back to a page that was already read, is a
// *[BodyError]. The listing ends after the last page, or when ctx ends.
func (c *Client) Rooms(ctx context.Context, list ListRooms) iter.Seq2[RoomPage, error] {
	return func(yield func(RoomPage, error) bool) {
		first := *c.rooms
		first.RawQuery = list.query()
		current := &first
		seen := map[string]bool{current.String(): true}
		for {
			page, next, err := c.roomPage(ctx, current, seen)
			if !yield(page, err) || page.Last {
				return
			}
			if err != nil {
				if ctx.Err() != nil {
					return
				}
				continue
			}
			seen[next.String()] = true
			current = next
		}
	}
}

func (l ListRooms) query() string {
	q := url.Values{}
	for name, value := range map[string]string{"teamId": l.TeamID, "type": l.Type, "sortBy": l.SortBy} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if l.Max != 0 {
		q.Set("max", strconv.Itoa(l.Max))
	}
	return q.Encode()
}

func (c *Client) roomPage(ctx context.Context, page *url.URL, seen map[string]bool) (RoomPage, *url.URL, error) {
	a, err := c.do(ctx, exchange{
		method:     http.MethodGet,
		url:        page,
		trackingID: NewTrackingID(),
		maxBytes:   maxPageBytes,
	})
	if err != nil {
		return RoomPage{Response: a.Response}, nil, err
	}
	items, err := decodePage(a.body)
	if err != nil {
		return RoomPage{Response: a.Response}, nil, a.unusable(err)
	}
	for i := range items {
		if a.redact.holds(items[i].ID) {
			return RoomPage{Response: a.Response}, nil, a.unusable(errSecretID)
		}
	}
	next, err := nextPage(a.header, c.base, page, seen)
	if err != nil {
		return RoomPage{Response: a.Response}, nil, a.unusable(err)
	}
	return RoomPage{Items: items, Response: a.Response, Last: next == nil}, next, nil
}

// decodePage reads a page of rooms. What is not certainly a page is an error:
// a listing that seems to be empty would be taken as proof that a room does
// not exist.
func decodePage(body []byte) ([]Room, error) {
	var page struct {
		Items *[]Room `json:"items"`
	}
	if err := json.Unmarshal(body, &page); err != nil {
		return nil, undecodable(body, err)
	}
	if page.Items == nil {
		return nil, errors.New("it holds no list of rooms")
	}
	for i, room := range *page.Items {
		if room.ID == "" {
			return nil, fmt.Errorf("room %d of the page has no id", i+1)
		}
	}
	return *page.Items, nil
}

// nextPage returns the page that follows, nil after the last one.
func nextPage(h http.Header, base, page *url.URL, seen map[string]bool) (*url.URL, error) {
	link := nextLink(h.Values("Link"))
	if link == "" {
		return nil, nil
	}
	next, err := page.Parse(link)
	if err != nil {
		return nil, errors.New("its link to the next page is malformed")
	}
	next.Fragment, next.RawFragment = "", ""
	switch {
	case !below(base, next):
		return nil, errors.New("its link to the next page leads away from the base URL, where the token must not go; check --base-url")
	case seen[next.String()]:
		return nil, errors.New("its link to the next page leads back to a page that was already read")
	}
	return next, nil
}
