package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
)

// untilSignal returns a context that ends when the process is told to stop, and
// what gives the signals back. stopping is called once it was told.
//
// The first SIGINT, SIGTERM or SIGHUP asks, a second SIGINT or SIGTERM ends the
// process; a terminal that goes away may say so more than once. A signal that was
// ignored when the process began, as nohup and shells in the background do, stays
// so. SIGPIPE is ignored for good: that nobody reads what is said must not end a
// run without a word to those who watch it.
func untilSignal(stopping func()) (ctx context.Context, restore func()) {
	signal.Ignore(syscall.SIGPIPE)
	heeded := slices.DeleteFunc([]os.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}, signal.Ignored)
	last := slices.DeleteFunc(slices.Clone(heeded), func(s os.Signal) bool { return s == syscall.SIGHUP })
	ctx, cancel := context.WithCancelCause(context.Background())
	if len(last) == 0 {
		return ctx, func() { cancel(nil) }
	}
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, heeded...)
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		select {
		case s := <-asked:
			signal.Reset(last...)
			cancel(fmt.Errorf("somebody, or the system, told it to stop (signal: %s)", s))
			stopping()
		case <-ctx.Done():
		}
	}()
	return ctx, func() {
		cancel(nil)
		<-listening
		signal.Stop(asked)
	}
}

// forReader writes for somebody who may leave before the end, such as head: what
// comes after that is dropped, and is no fault.
type forReader struct{ io.Writer }

// Write writes p. The error is the writer's, but for that of a reader who left.
func (w forReader) Write(p []byte) (int, error) {
	n, err := w.Writer.Write(p)
	if errors.Is(err, syscall.EPIPE) {
		return len(p), nil
	}
	return n, err
}
