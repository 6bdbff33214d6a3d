package cli

import (
	"context"
	"time"

	"roomlift/provision"
	"roomlift/ratelimit"
	"roomlift/report"
)

// whoamiCommand says who the token is.
type whoamiCommand struct {
	serverFlags
}

// Run asks Webex whose token it is, which also tells whether it is accepted.
func (c *whoamiCommand) Run(ctx context.Context, out *output) error {
	to, err := c.connect(ctx, out, 1)
	if err != nil {
		return err
	}
	defer to.close()
	engine := provision.New(provision.Config{
		Client: to.client, Renew: to.renew, Limiter: ratelimit.New(ratelimit.Config{}),
	})
	me, err := engine.Identify(ctx)
	if err != nil {
		return err
	}
	return report.Identity(out.stdout, report.Token{Person: me, Server: to.name, Expiry: to.expiry(), Renews: to.renew != nil}, time.Now())
}
