package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// sandboxCommand serves an embedded Webex.
type sandboxCommand struct {
	Addr       string        `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Loopback address to listen on; port 0 takes a free one."`
	Limit      string        `default:"50/s" placeholder:"LIMIT" help:"Rate limit: none, 5/s, 5/s+20 (with a burst of 20), 300/60s (a fixed window) or 300/60s~ (a sliding one)."`
	Latency    string        `default:"30ms-120ms" placeholder:"D[-D]" help:"How long an answer takes: 100ms, or a range such as 50ms-200ms."`
	ListingLag time.Duration `placeholder:"D" help:"How long a new room is missing from listings."`
	ClockSkew  time.Duration `placeholder:"D" help:"How far the server's clock is ahead."`
	Fault      []string      `placeholder:"FAULT=SHARE" help:"What goes wrong, repeatable: reset+made=0.1 makes one room in ten and loses its answer. ${faults}"`
	Seed       uint64        `placeholder:"N" help:"Repeat the same faults and ids; default by chance."`
	Token      string        `placeholder:"TOKEN" help:"Accept this token alone; default any. Not a secret: it opens nothing but the sandbox."`
	Bot        bool          `help:"Let the token be a bot's."`
}

// Run serves until it is told to stop.
func (c *sandboxCommand) Run(ctx context.Context, out *output) error {
	server, err := c.server()
	if err != nil {
		return err
	}
	listener, err := listenLoopback(ctx, c.Addr)
	if err != nil {
		return err
	}
	if err := c.explain(out.stdout, listener.Addr().String()); err != nil {
		return err
	}
	serving := &http.Server{Handler: server, ReadHeaderTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() { _ = serving.Close() })
	defer stop()
	if err := serving.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	if out.Quiet {
		return nil
	}
	_, err = io.WriteString(out.stdout, farewell(server))
	return err
}

// farewell says what the sandbox has seen: the rooms, and how often each fault
// struck.
func farewell(server *webextest.Server) string {
	text := fmt.Sprintf("%d rooms were made\n", server.Count())
	struck := server.Counts().ByFault
	if len(struck) == 0 {
		return text
	}
	text += "faults:"
	separator := " "
	for _, name := range slices.Sorted(maps.Keys(struck)) {
		text += fmt.Sprintf("%s%d %s", separator, struck[name], name)
		separator = ", "
	}
	return text + "\n"
}

// server sets the sandbox up as the flags say.
func (c *sandboxCommand) server() (*webextest.Server, error) {
	limit, err := parseLimit(c.Limit)
	if err != nil {
		return nil, usage(err.Error(), "see: roomlift sandbox --help")
	}
	latency, err := parseLatency(c.Latency)
	if err != nil {
		return nil, usage(err.Error(), "see: roomlift sandbox --help")
	}
	if c.ListingLag < 0 {
		return nil, usage(notAllowed("listing-lag", c.ListingLag.String()).Error(), "see: roomlift sandbox --help")
	}
	server := &webextest.Server{
		Limit: limit, Latency: latency, Seed: c.Seed, Token: c.Token,
		ListingLag: c.ListingLag, ClockSkew: c.ClockSkew,
	}
	if c.Bot {
		server.Me = webex.Person{Type: "bot"}
	}
	var chances []webextest.Chance
	for _, fault := range c.Fault {
		chance, err := webextest.ParseChance(fault)
		if err != nil {
			return nil, usage(err.Error(), "see: roomlift sandbox --help")
		}
		chances = append(chances, chance)
	}
	if chances != nil {
		server.Faults = webextest.RandomFaults(c.Seed, chances...)
	}
	return server, nil
}

// listenLoopback refuses every address that another machine could reach: the
// sandbox lets anybody in.
func listenLoopback(ctx context.Context, addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, usage(addr+" is not HOST:PORT", "such as --addr 127.0.0.1:8080")
	}
	if ip := net.ParseIP(host); host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return nil, usage(addr+" is not a loopback address", "such as --addr 127.0.0.1:8080")
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, usage("the sandbox cannot listen: "+err.Error(), "choose another port with --addr, or 0 for a free one")
	}
	return listener, nil
}

// explain prints how to point the tool, or curl, at the sandbox.
func (c *sandboxCommand) explain(w io.Writer, addr string) error {
	token := c.Token
	if token == "" {
		token = "any-token"
	}
	_, err := fmt.Fprintf(w, `the sandbox listens on http://%[1]s/v1 (Ctrl-C ends it and forgets its rooms)

  export %[3]s=%[2]s
  roomlift apply MANIFEST --base-url http://%[1]s/v1
  curl -H 'Authorization: Bearer %[2]s' http://%[1]s/v1/rooms
`, addr, token, tokenVariable)
	return err
}

// parseLimit reads 5/s, 5/s+20, 300/60s, 300/60s~ or none.
func parseLimit(text string) (webextest.Limit, error) {
	if text == "none" || text == "" {
		return nil, nil
	}
	fault := fmt.Errorf("the limit %q is not of the form 5/s, 5/s+20, 300/60s, 300/60s~ or none", text)
	amount, period, ok := strings.Cut(text, "/")
	if !ok {
		return nil, fault
	}
	if per, burst, bucket := strings.Cut(period, "+"); per == "s" {
		rate, err := strconv.ParseFloat(amount, 64)
		depth := int(max(rate, 1))
		if bucket && err == nil {
			depth, err = strconv.Atoi(burst)
		}
		if err != nil || !(rate > 0) || depth < 1 {
			return nil, fault
		}
		return webextest.TokenBucket{Rate: rate, Burst: depth}, nil
	}
	period, sliding := strings.CutSuffix(period, "~")
	quota, err := strconv.Atoi(amount)
	d, errPeriod := time.ParseDuration(period)
	switch {
	case err != nil || errPeriod != nil || quota < 1 || d <= 0:
		return nil, fault
	case sliding:
		return webextest.SlidingWindow{Quota: quota, Period: d}, nil
	}
	return webextest.FixedWindow{Quota: quota, Period: d}, nil
}

// parseLatency reads 100ms or 50ms-200ms.
func parseLatency(text string) (webextest.Latency, error) {
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	shortest, err := time.ParseDuration(low)
	longest, errHigh := time.ParseDuration(high)
	if err != nil || errHigh != nil || shortest < 0 || longest < shortest {
		return webextest.Latency{}, fmt.Errorf("the latency %q is not of the form 100ms or 50ms-200ms", text)
	}
	return webextest.Latency{Min: shortest, Max: longest}, nil
}

// faultsHelp names the faults for the flag's help.
func faultsHelp() string {
	kinds := webextest.FaultKinds()
	var b strings.Builder
	b.WriteString("Kinds: ")
	for i, kind := range slices.Sorted(maps.Keys(kinds)) {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "%s (%s)", kind, kinds[kind])
	}
	return b.String()
}
