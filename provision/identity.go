package provision

import (
	"context"

	"roomlift/provision/webex"
)

// Identify asks Webex whose token this is. It must be called before Run.
// Errors are as those of Run; a *webex.Error of another status than 401 and a
// *webex.TransportError say that nothing can be sent now.
func (e *Engine) Identify(ctx context.Context) (webex.Person, error) {
	turn, err := e.Limiter.Wait(ctx)
	if err != nil {
		return webex.Person{}, stoppedWaiting(ctx, err)
	}
	me, response, err := e.Client.Me(ctx)
	turn.Done()
	if err != nil {
		return webex.Person{}, err
	}
	e.clock.observe(response.Date)
	e.me = me
	return me, nil
}
