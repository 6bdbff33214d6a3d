package provision

import (
	"context"
	"time"

	"roomlift/provision/webex"
)

// renew gets a new token after a 401 to a request that was sent at the given
// time. Nothing came of that request, so whoever sent it may send it again.
// renewed keeps a second 401 to the same request from going round for ever. The
// error ends the run; it is refusal where there is nothing to renew.
func (e *Engine) renew(ctx context.Context, sent time.Time, renewed *bool, refusal error) error {
	if e.Renew == nil || *renewed {
		return refusal
	}
	*renewed = true
	err := e.Renew(ctx, sent)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return stopped(ctx)
	}
	return &webex.TokenError{Err: err}
}
