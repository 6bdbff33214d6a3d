// Package retryafter reads the Retry-After header in each of its forms.
package retryafter

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter caps what a header can ask for, so that adding it to a time
// or to another wait cannot overflow.
const maxRetryAfter = 100 * 365 * 24 * time.Hour

// Wait is what an answer's Retry-After header asks for.
type Wait struct {
	// Delay is how long to wait, from the moment of the answer; 0 unless
	// Valid. It is at most 100 years.
	Delay time.Duration
	// Valid reports whether the header was there and could be understood.
	Valid bool
	// Raw is the header as it came, "" if there was none.
	Raw string
}

// Parse reads the Retry-After header of h: a number of seconds, or
// an HTTP date, which is held against the server's own Date header, or
// against now where there is none. A date that has passed asks for no wait. A
// negative number and any other text is not valid. Of several headers the one
// that asks for most counts.
func Parse(h http.Header, now time.Time) Wait {
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	var longest Wait
	for _, raw := range h.Values("Retry-After") {
		delay, valid := retryDelay(strings.TrimSpace(raw), now)
		if longest.Raw == "" || valid && (!longest.Valid || delay > longest.Delay) {
			longest = Wait{Delay: delay, Valid: valid, Raw: raw}
		}
	}
	return longest
}

func retryDelay(value string, now time.Time) (time.Duration, bool) {
	if date, err := http.ParseTime(value); err == nil {
		return min(max(date.Sub(now), 0), maxRetryAfter), true
	}
	if seconds, err := strconv.ParseUint(value, 10, 64); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second, true
	}
	// Only digits and a decimal point: ParseFloat alone would take "Inf",
	// "0x1p3" and "1e9" too.
	if value == "" || strings.Trim(value, "0123456789.") != "" {
		return 0, false
	}
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil && !math.IsInf(seconds, 1) {
		return 0, false
	}
	if seconds >= maxRetryAfter.Seconds() {
		return maxRetryAfter, true
	}
	return time.Duration(math.Ceil(seconds * float64(time.Second))), true
}
