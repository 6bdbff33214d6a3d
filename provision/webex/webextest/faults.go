package webextest

import (
	"cmp"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Fault is what goes wrong with one request. Its zero value is nothing.
type Fault struct {
	Kind FaultKind
	// Made reports that the request is carried out all the same, so that the
	// room exists before the fault strikes. [Late] always carries it out.
	Made bool
	// Status is the status of an answer that the fault writes; 0 means what
	// comes naturally to its kind.
	Status int
	// RetryAfter is written, as it is, into the answer's Retry-After header; ""
	// writes none.
	RetryAfter string
	// Delay is how long it takes until the fault strikes; with [Late], how
	// long after it the room is made.
	Delay time.Duration
}

// FaultKind says in which way an exchange goes wrong.
type FaultKind string

// The kinds of faults. What each does stands in the table below, and a new
// one needs nothing but a name here and a line there.
const (
	NoFault     FaultKind = ""
	ErrorAnswer FaultKind = "status"  // an error answer with Status, 500 by default
	HTML        FaultKind = "html"    // an HTML error page with Status, 502 by default
	Empty       FaultKind = "empty"   // a status and no body
	NoID        FaultKind = "noid"    // a JSON object without an id
	Half        FaultKind = "half"    // a whole answer that holds half of the JSON
	Cut         FaultKind = "cut"     // the connection closes halfway through the body
	Drop        FaultKind = "drop"    // the connection closes without an answer
	Reset       FaultKind = "reset"   // the connection is reset without an answer
	Slow        FaultKind = "slow"    // an answer that comes Delay later
	Hang        FaultKind = "hang"    // no answer until the client gives up
	Late        FaultKind = "late"    // the connection closes, and the room is made after Delay
	Garbage     FaultKind = "garbage" // an answer that is not HTTP
)

// effects is what each kind of fault does once its delay has passed. The
// answer is the natural one: that of the request, if the fault lets it be
// carried out, or an error with the fault's status.
var effects = map[FaultKind]struct {
	help   string
	status int // the default, 0: the natural answer's
	strike func(x *exchange, answer reply)
}{
	ErrorAnswer: {"an error answer", http.StatusInternalServerError, strikeError},
	HTML:        {"an HTML error page", http.StatusBadGateway, strikeHTML},
	Empty:       {"an answer without a body", 0, strikeEmpty},
	NoID:        {"an answer without an id", http.StatusOK, strikeNoID},
	Half:        {"an answer that holds half of its JSON", 0, strikeHalf},
	Cut:         {"a connection that closes in the middle of the answer", 0, strikeCut},
	Drop:        {"a connection that closes without an answer", 0, strikeDrop},
	Reset:       {"a connection that is reset without an answer", 0, strikeReset},
	Slow:        {"an answer that comes late", 0, (*exchange).answer},
	Hang:        {"no answer until the client gives up", 0, strikeHang},
	Late:        {"a lost answer, and a room that is made later", 0, strikeDrop},
	Garbage:     {"an answer that is not HTTP", 0, strikeGarbage},
}

// Name returns the fault's kind, "+made" if the room is made first, and its
// status: "reset+made", "status:503".
func (f Fault) Name() string {
	name := string(f.Kind)
	if f.Made {
		name += "+made"
	}
	if f.Status != 0 {
		name += fmt.Sprintf(":%d", f.Status)
	}
	return name
}

// strike carries out the request, as far as the fault lets it, and spoils the
// answer.
func (f Fault) strike(x *exchange, perform func() reply) {
	effect, known := effects[f.Kind]
	if !known {
		x.answer(refuse(http.StatusNotImplemented, fmt.Sprintf("webextest has no fault of the kind %q", f.Kind)))
		return
	}
	if f.Kind == Late {
		defer perform()
		defer x.sleep(f.Delay)
	} else {
		x.sleep(f.Delay)
	}
	answer := x.failure(http.StatusBadGateway)
	if f.Made && f.Kind != Late {
		answer = perform()
	}
	answer.status = cmp.Or(f.Status, effect.status, answer.status)
	answer.rawRetry = f.RetryAfter
	effect.strike(x, answer)
}

// failure is what Webex says when something went wrong on its side.
func (x *exchange) failure(status int) reply {
	if x.r.Method == http.MethodPost && !isRenewal(x.r) {
		return refuse(status, "Failed to create room.")
	}
	return refuse(status, "Something went wrong on the server.")
}

func strikeError(x *exchange, answer reply) {
	failure := x.failure(answer.status)
	failure.rawRetry = answer.rawRetry
	x.answer(failure)
}

func strikeHTML(x *exchange, answer reply) {
	title := fmt.Sprintf("%d %s", answer.status, http.StatusText(answer.status))
	x.answer(reply{
		status:      answer.status,
		rawRetry:    answer.rawRetry,
		contentType: "text/html",
		body:        []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body><center><h1>" + title + "</h1></center></body>\r\n</html>\r\n"),
	})
}

func strikeEmpty(x *exchange, answer reply) {
	x.answer(reply{status: answer.status, rawRetry: answer.rawRetry})
}

func strikeNoID(x *exchange, answer reply) {
	x.answer(reply{status: answer.status, rawRetry: answer.rawRetry, body: []byte("{}")})
}

func strikeHalf(x *exchange, answer reply) {
	answer = answer.encoded(x.trackingID())
	answer.body = answer.body[:len(answer.body)/2]
	x.answer(answer)
}

func strikeCut(x *exchange, answer reply) {
	answer = x.head(answer)
	x.server.traffic.answered(x, answer)
	_, _ = x.w.Write(answer.body[:len(answer.body)/2])
	_ = http.NewResponseController(x.w).Flush()
	panic(http.ErrAbortHandler) // the server closes the connection, and says nothing
}

func strikeReset(x *exchange, _ reply) {
	x.hangUp(func(c net.Conn) {
		if tcp, ok := c.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // closing sends RST
		}
	})
}

func strikeDrop(x *exchange, _ reply) { x.hangUp(func(net.Conn) {}) }

func strikeGarbage(x *exchange, _ reply) {
	x.hangUp(func(c net.Conn) { _, _ = c.Write([]byte("\x16\x03\x01 this is not HTTP\r\n\r\n")) })
}

func strikeHang(x *exchange, _ reply) {
	<-x.r.Context().Done()
	panic(http.ErrAbortHandler)
}

// hangUp closes the connection, after last has had its way with it.
func (x *exchange) hangUp(last func(net.Conn)) {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // it closes the connection as well
	}
	defer conn.Close()
	last(conn)
}
