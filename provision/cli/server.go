package cli

import (
	"context"
	"net/url"
	"os"
	"time"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// baseURLVariable is the environment variable that stands for --base-url.
const baseURLVariable = "WEBEX_BASE_URL"

// serverFlags say which Webex is meant and who asks.
type serverFlags struct {
	Sandbox bool   `help:"Run against the embedded Webex, in process; needs no token."`
	BaseURL string `env:"WEBEX_BASE_URL" default:"${baseURL}" placeholder:"URL" help:"Webex API; plain http only for loopback."`
	tokenFlags
}

// target is the Webex that a command works on.
type target struct {
	name   string        // as results files record it
	client *webex.Client // nil when nobody may be asked
	renew  func(ctx context.Context, sent time.Time) error
	expiry func() time.Time
	close  func()
}

// connect prepares to speak to Webex; nothing is sent yet.
func (f *serverFlags) connect(ctx context.Context, out *output, conns int) (*target, error) {
	version, _ := build()
	config := webex.Config{
		BaseURL:   f.baseURL(),
		UserAgent: "roomlift/" + version,
		MaxConns:  conns,
	}
	if f.Sandbox {
		return f.connectSandbox(config)
	}
	var source tokenSource
	config.Token = func(ctx context.Context) (string, error) { return source.token(ctx) }
	config.Secrets = func() []string {
		if source.secrets == nil {
			return nil
		}
		return source.secrets()
	}
	client, err := webex.New(config)
	if err != nil {
		return nil, usage(err.Error(), "see --base-url and WEBEX_BASE_URL")
	}
	if source, err = f.source(ctx, out, client.BaseURL()+"/access_token"); err != nil {
		return nil, err
	}
	return &target{client.Host(), client, source.renew, source.expiry, client.Close}, nil
}

// connectSandbox starts the embedded Webex and connects to it.
func (f *serverFlags) connectSandbox(config webex.Config) (*target, error) {
	if f.BaseURL != webex.DefaultBaseURL && os.Getenv(baseURLVariable) != f.BaseURL {
		return nil, usage("--sandbox and --base-url exclude each other", "leave one of them out")
	}
	running := webextest.NewSandbox().Start()
	config.BaseURL = webextest.BaseURL
	config.Transport = running.Transport()
	config.Token = func(context.Context) (string, error) { return "sandbox", nil }
	client, err := webex.New(config)
	if err != nil {
		running.Close()
		return nil, err
	}
	return &target{
		name: client.Host(), client: client,
		expiry: func() time.Time { return time.Time{} },
		close: func() {
			client.Close()
			running.Close()
		},
	}, nil
}

// offline is the target of a command that has no token.
func (f *serverFlags) offline() (*target, error) {
	u, err := url.Parse(f.baseURL())
	if err != nil || u.Host == "" {
		return nil, usage("the base URL is not a URL", "see --base-url and WEBEX_BASE_URL")
	}
	return &target{name: u.Host, close: func() {}}, nil
}

func (f *serverFlags) baseURL() string {
	if f.BaseURL == "" { // WEBEX_BASE_URL is set, and empty
		return webex.DefaultBaseURL
	}
	return f.BaseURL
}
