package credentials

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"time"

	"roomlift/report/atomicfile"
)

// maxFile bounds a credentials file, in bytes; a real one has less than 2,000.
const maxFile = 1 << 20

// The fields of a credentials file.
const (
	clientIDField      = "client_id"
	clientSecretField  = "client_secret"
	refreshTokenField  = "refresh_token"
	accessTokenField   = "access_token"
	expiryField        = "expiry"
	refreshExpiryField = "refresh_token_expiry"
)

// grant is what a credentials file says.
type grant struct {
	clientID, clientSecret string
	refreshToken           string
	accessToken            string        // "" before the first renewal
	expiry                 time.Time     // of accessToken; zero is not known
	life                   time.Duration // of accessToken when it was new; 0 is not known

	fields map[string]json.RawMessage // the whole file
}

// good reports whether the token can be sent.
func (g *grant) good(now time.Time) bool {
	return g.accessToken != "" && (g.expiry.IsZero() || now.Before(g.expiry))
}

// due reports whether it is time for the next token.
func (g *grant) due(now time.Time) bool {
	if g.expiry.IsZero() {
		return g.accessToken == ""
	}
	early := headStart
	if g.life > 0 {
		early = min(early, g.life/shortLife)
	}
	return !now.Before(g.expiry.Add(-early))
}

// same reports whether two grants ask for renewals alike.
func (g *grant) same(other *grant) bool {
	return g.clientID == other.clientID && g.clientSecret == other.clientSecret && g.refreshToken == other.refreshToken
}

// read reads a credentials file. The error is an *Error; it quotes no value.
func read(path string) (grant, error) {
	fault := func(err error) (grant, error) {
		return grant{}, &Error{
			Path: path, Reason: "the credentials file cannot be used: " + err.Error(), Err: err,
			remedy: `it is a JSON object such as {"client_id": "…", "client_secret": "…", "refresh_token": "…"}`,
		}
	}
	text, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return grant{}, &Error{
			Path: path, Reason: "the credentials file does not exist", Err: err,
			remedy: "check the name after --credentials, and the folder that it is looked for in",
		}
	case errors.Is(err, fs.ErrPermission):
		return grant{}, &Error{
			Path: path, Reason: "the credentials file may not be read", Err: err, remedy: "give this user, and nobody else, the right to read it",
		}
	case err != nil:
		return fault(plain(err))
	}
	if text, err = PlainText(text); err != nil {
		return fault(err)
	}
	var g grant
	if err := json.Unmarshal(text, &g.fields); err != nil || g.fields == nil {
		return fault(errors.New("it is not a JSON object"))
	}
	for _, field := range []struct {
		name     string
		value    *string
		required bool
	}{
		{clientIDField, &g.clientID, true},
		{clientSecretField, &g.clientSecret, true},
		{refreshTokenField, &g.refreshToken, true},
		{accessTokenField, &g.accessToken, false},
	} {
		if err := g.text(field.name, field.value); err != nil {
			return fault(err)
		}
		if field.required && *field.value == "" {
			return fault(fmt.Errorf("%s is missing", field.name))
		}
	}
	var expiry string
	if err := g.text(expiryField, &expiry); err != nil {
		return fault(err)
	}
	if expiry != "" {
		if g.expiry, err = time.Parse(time.RFC3339, expiry); err != nil {
			return fault(fmt.Errorf("%s is not a time such as 2026-12-24T18:00:00Z", expiryField))
		}
	}
	return g, nil
}

// readFile reads a regular file of bounded length: a pipe could not be replaced
// when the token is renewed, and might make its reader wait for ever.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if len(text) > maxFile {
		err = errors.New("it is too long")
	}
	return text, errors.Join(err, f.Close())
}

// PlainText returns what a file of secrets holds as UTF-8, without the mark that some
// editors put before it. The error says what it is instead; it quotes nothing.
func PlainText(text []byte) ([]byte, error) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	switch {
	case bytes.ContainsRune(text, 0), bytes.HasPrefix(text, []byte{0xFF, 0xFE}), bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		return nil, errors.New("it is UTF-16, or no text at all; save it as UTF-8")
	case beginsWithBearer.Match(text):
		return nil, errors.New("it begins with the word Bearer, which belongs to a request; leave that word out")
	}
	return text, nil
}

var beginsWithBearer = regexp.MustCompile(`^\s*(?i:(authorization:\s*)?bearer\s)`)

// text reads a field that is absent, null or a string.
func (g *grant) text(name string, value *string) error {
	raw, ok := g.fields[name]
	if !ok {
		return nil
	}
	if err := json.Unmarshal(raw, value); err != nil {
		return fmt.Errorf("%s is not a string", name)
	}
	return nil
}

// write replaces a credentials file, which is for its owner alone from then on.
// The error does not say what was to be written.
func (g *grant) write(path string) error {
	text, err := json.MarshalIndent(g.fields, "", "  ")
	if err != nil {
		return errors.New("it cannot be encoded")
	}
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return plain(err)
	}
	err = atomicfile.Write(path, 0o600, func(w io.Writer) error {
		_, err := w.Write(append(text, '\n'))
		return err
	})
	return plain(err)
}

// renewed returns the grant that a renewal brought.
func (g *grant) renewed(accessToken, refreshToken string, expiry time.Time, life, refreshLife time.Duration) grant {
	next := *g
	next.accessToken, next.refreshToken, next.expiry, next.life = accessToken, refreshToken, expiry, life
	next.fields = make(map[string]json.RawMessage, len(g.fields)+2)
	for name, raw := range g.fields {
		next.fields[name] = raw
	}
	next.set(accessTokenField, accessToken)
	next.set(refreshTokenField, refreshToken)
	delete(next.fields, expiryField)
	if !expiry.IsZero() {
		next.set(expiryField, expiry.UTC().Format(time.RFC3339))
	}
	delete(next.fields, refreshExpiryField)
	if refreshLife > 0 {
		next.set(refreshExpiryField, time.Now().Add(refreshLife).UTC().Format(time.RFC3339))
	}
	return next
}

func (g *grant) set(name, value string) {
	raw, _ := json.Marshal(value) // a string can always be encoded
	g.fields[name] = raw
}

// plain returns what went wrong with a file without its name, which the message
// around it has.
func plain(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
