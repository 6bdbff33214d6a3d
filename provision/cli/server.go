package cli

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// serverFlags say which Webex is meant and who asks.
type serverFlags struct {
	Sandbox   bool   `help:"Run against the embedded Webex, in process; needs no token."`
	BaseURL   string `env:"WEBEX_BASE_URL" default:"${baseURL}" placeholder:"URL" help:"Webex API; plain http only for loopback."`
	TokenFile string `placeholder:"FILE" help:"File that holds the bearer token; else WEBEX_ACCESS_TOKEN is used."`
}

// Environment variables that stand for flags.
const (
	tokenVariable   = "WEBEX_ACCESS_TOKEN"
	baseURLVariable = "WEBEX_BASE_URL"
)

// token finds the bearer token.
func (f *serverFlags) token() (string, error) {
	if f.TokenFile == "" {
		if token := strings.TrimSpace(os.Getenv(tokenVariable)); token != "" {
			return token, nil
		}
		return "", &tokenError{
			"no token", fmt.Sprintf("set %s, or name a file with --token-file; to try without one: --sandbox", tokenVariable),
		}
	}
	text, err := os.ReadFile(f.TokenFile)
	if err != nil {
		return "", &tokenError{"the token file cannot be read: " + err.Error(), "name a readable file with --token-file"}
	}
	token := strings.TrimSpace(string(text))
	if token == "" {
		return "", &tokenError{f.TokenFile + ": the token file is empty", "put the bearer token into it, on one line"}
	}
	return token, nil
}

// target is the Webex that a command works on.
type target struct {
	name   string        // as results files record it
	client *webex.Client // nil when nobody may be asked
	close  func()
}

// connect prepares to speak to Webex; nothing is sent yet.
func (f *serverFlags) connect(conns int) (*target, error) {
	version, _ := build()
	config := webex.Config{
		BaseURL:   f.baseURL(),
		UserAgent: "roomlift/" + version,
		MaxConns:  conns,
	}
	if f.Sandbox {
		return f.connectSandbox(config)
	}
	if _, err := f.token(); err != nil {
		return nil, err
	}
	config.Token = func(context.Context) (string, error) { return f.token() }
	client, err := webex.New(config)
	if err != nil {
		return nil, usage(err.Error(), "see --base-url and WEBEX_BASE_URL")
	}
	return &target{client.Host(), client, client.Close}, nil
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
	return &target{client.Host(), client, func() {
		client.Close()
		running.Close()
	}}, nil
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
