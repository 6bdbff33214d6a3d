package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strings"
	"time"

	"roomlift/provision"
	"roomlift/provision/credentials"
)

// tokenVariable is where the token is when no flag says otherwise.
const tokenVariable = "WEBEX_ACCESS_TOKEN"

// tokenFlags say where the token is. No flag takes the token itself: everybody
// on a machine can read the arguments of a process.
type tokenFlags struct {
	TokenFile   string `placeholder:"FILE" help:"File that holds the bearer token; else WEBEX_ACCESS_TOKEN is used."`
	Credentials string `placeholder:"FILE" help:"Token of an integration or Service App, which renews itself: JSON with client_id, client_secret and refresh_token."`
}

// tokenSource is where requests get their token from.
type tokenSource struct {
	token  func(context.Context) (string, error)
	renew  func(ctx context.Context, sent time.Time) error // nil: it cannot be renewed
	expiry func() time.Time                                // zero: not known

	secrets func() []string // what else must not be shown; nil: nothing
}

// source finds the token, before anything is sent. tokenURL is where it can be
// renewed.
func (f *tokenFlags) source(ctx context.Context, out *output, tokenURL string) (tokenSource, error) {
	if f.Credentials == "" {
		return f.fixedToken(ctx, out)
	}
	if f.TokenFile != "" {
		return tokenSource{}, usage("--credentials and --token-file exclude each other", "leave one of them out")
	}
	if err := refuseToken("--credentials", f.Credentials); err != nil {
		return tokenSource{}, err
	}
	warnIfExposed(out, f.Credentials)
	source, err := credentials.Open(credentials.Config{
		Path: f.Credentials, TokenURL: tokenURL, Observe: logRenewals(out.log),
	})
	if err != nil {
		return tokenSource{}, err
	}
	return tokenSource{source.Token, source.Renew, source.Expiry, source.Secrets}, nil
}

// logRenewals returns what is told of each renewal. Until when a token is good need not
// be known.
func logRenewals(log *slog.Logger) func(expiry time.Time, err error) {
	return func(expiry time.Time, err error) {
		var until []any
		if !expiry.IsZero() {
			until = []any{"until", expiry}
		}
		if err != nil {
			log.Warn("the token cannot be renewed yet; it is used while it is good", append(until, "reason", err.Error())...)
			return
		}
		log.Info("the token was renewed", until...)
	}
}

// fixedToken is the token of a file or of the environment, as it is when the run
// begins: a token that is put in its place meanwhile may be somebody else's, and
// what one account has sent only that account can settle.
func (f *tokenFlags) fixedToken(ctx context.Context, out *output) (tokenSource, error) {
	if f.TokenFile != "" {
		warnIfExposed(out, f.TokenFile)
	}
	token, err := f.find(ctx)
	if err != nil {
		return tokenSource{}, err
	}
	return tokenSource{
		token:  func(context.Context) (string, error) { return token, nil },
		expiry: func() time.Time { return time.Time{} },
	}, nil
}

// find reads the token.
func (f *tokenFlags) find(ctx context.Context) (string, error) {
	if f.TokenFile == "" {
		token, err := tokenOf([]byte(os.Getenv(tokenVariable)))
		switch {
		case err != nil:
			return "", &tokenError{fmt.Sprintf("%s cannot be used: %v", tokenVariable, err), "set it to the bearer token, and nothing else"}
		case token == "":
			return "", &tokenError{
				"no token", fmt.Sprintf("set %s, or name a file with --token-file; to try without one: --sandbox", tokenVariable),
			}
		}
		return token, nil
	}
	if err := refuseToken("--token-file", f.TokenFile); err != nil {
		return "", err
	}
	text, err := readToken(ctx, f.TokenFile)
	if is[*provision.StopError](err) {
		return "", err
	}
	if err != nil {
		return "", &tokenError{"the token file cannot be read: " + err.Error(), "name a readable file with --token-file"}
	}
	const remedy = "put the bearer token into it, on one line, and nothing else"
	token, err := tokenOf(text)
	switch {
	case err != nil:
		return "", &tokenError{fmt.Sprintf("%s: the token file cannot be used: %v", f.TokenFile, err), remedy}
	case token == "":
		return "", &tokenError{f.TokenFile + ": the token file is empty", remedy}
	}
	return token, nil
}

// tokenOf returns the token that somebody wrote down. The error says what they wrote
// instead, and does not quote it.
func tokenOf(text []byte) (string, error) {
	text, err := credentials.PlainText(text)
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if strings.HasPrefix(token, "{") {
		return "", errors.New("it is JSON, as --credentials takes it")
	}
	return token, nil
}

// refuseToken refuses the token itself as the name of a file: it would be told as one
// that does not exist.
func refuseToken(flag, path string) error {
	if !looksSecret(path) {
		return nil
	}
	return &tokenError{"the file named with " + flag + " does not exist", "it takes the name of a file, not the token itself"}
}

// warnIfExposed warns of a file of secrets that every user of the machine may
// read. Its group may: that is how Kubernetes shares a Secret with a process
// that is not root.
func warnIfExposed(out *output, path string) {
	const others = 0o007
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&others == 0 {
		return
	}
	out.log.Warn("others can read this file, which holds secrets", "file", path, "remedy", "chmod 600")
}
