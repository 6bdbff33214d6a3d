package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"roomlift/provision"
)

const (
	// maxToken bounds what is read of a token file, in bytes; tokens have less
	// than 2,000.
	maxToken = 64 << 10
	// tokenPatience is how long a pipe may take to bring a token: whoever writes
	// into it may be asking a person for a passphrase.
	tokenPatience = time.Minute
)

// unless does what may wait for others for ever, such as reading from a pipe, and
// returns what comes of it, or a *provision.StopError when ctx ends first. Then
// what was begun is left alone: the process ends soon.
func unless[T any](ctx context.Context, do func() (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	done := make(chan outcome, 1)
	go func() {
		value, err := do()
		done <- outcome{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		var none T
		return none, &provision.StopError{Reason: provision.Interrupted, Err: context.Cause(ctx)}
	}
}

// errPatience is the cause of a pipe that brought nothing in time.
var errPatience = errors.New("nothing came out of it within " + tokenPatience.String())

// readToken reads a token file: a regular file, or a pipe as a shell's <(...)
// and /dev/stdin are. A device has no end, and is refused.
func readToken(ctx context.Context, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && info.Mode()&os.ModeNamedPipe == 0 {
		return nil, errors.New(path + " is neither a file nor a pipe")
	}
	patient, cancel := context.WithTimeoutCause(ctx, tokenPatience, errPatience)
	defer cancel()
	text, err := unless(patient, func() ([]byte, error) {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
		return text, errors.Join(err, f.Close())
	})
	switch {
	case errors.Is(err, errPatience):
		return nil, errPatience
	case len(text) > maxToken:
		return nil, errors.New(path + " is too long for a token")
	}
	return text, err
}
