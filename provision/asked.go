package provision

import "sync/atomic"

// Asked counts the requests that change nothing, by what they ask.
type Asked struct {
	People   Questions // whose token it is
	Listings Questions // pages of the list of rooms
}

// Questions are requests of one kind.
type Questions struct {
	Sent    int
	Refused int // of those, for the rate (429)
}

// Sum returns the requests of every kind together.
func (a Asked) Sum() Questions {
	return Questions{a.People.Sent + a.Listings.Sent, a.People.Refused + a.Listings.Refused}
}

// subject is what a question asks.
type subject uint8

const (
	aboutPeople subject = iota
	aboutRooms
	subjects // their number
)

// askedCounts count questions while they are asked.
type askedCounts [subjects]struct{ sent, refused atomic.Int64 }

func (c *askedCounts) of(s subject) Questions {
	return Questions{int(c[s].sent.Load()), int(c[s].refused.Load())}
}

// Asked returns how many requests were sent that change nothing.
func (e *Engine) Asked() Asked { return Asked{e.asked.of(aboutPeople), e.asked.of(aboutRooms)} }
