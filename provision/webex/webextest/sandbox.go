package webextest

import "time"

// NewSandbox returns a server to try things on: any token is good, answers
// take a moment, as they do over the internet, and a limit is there to be met,
// ten times as generous as Webex's so that nobody waits for long.
func NewSandbox() *Server {
	return &Server{
		Limit:   TokenBucket{Rate: 50, Burst: 50},
		Latency: Latency{Min: 30 * time.Millisecond, Max: 120 * time.Millisecond},
	}
}
