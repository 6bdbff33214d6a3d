package webex

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// parseBaseURL accepts what requests may safely be sent to. It never quotes a
// part of the URL that may hold a secret.
func parseBaseURL(s string) (*url.URL, error) {
	const remedy = "; use one like " + DefaultBaseURL
	u, err := url.Parse(s)
	switch {
	case strings.TrimSpace(s) == "":
		return nil, errors.New("the base URL is empty" + remedy)
	case err != nil:
		return nil, errors.New("the base URL is malformed" + remedy)
	case u.User != nil:
		return nil, errors.New("the base URL holds a user name or password: leave out what stands before the @; the token goes into WEBEX_ACCESS_TOKEN or a token file")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("the base URL has a query: leave out the ? and what follows it")
	case strings.Contains(s, "#"):
		return nil, errors.New("the base URL has a fragment: leave out the # and what follows it")
	case u.Scheme != "https" && u.Scheme != "http" || u.Opaque != "":
		return nil, errors.New("the base URL must begin with https://" + remedy)
	case u.Hostname() == "":
		return nil, errors.New("the base URL names no host" + remedy)
	case !validPort(u.Port()) || strings.HasSuffix(u.Host, ":"):
		return nil, errors.New("the base URL's port is not between 1 and 65535")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("plain http would show the token to everyone on the way to %s; use https (http is for loopback addresses alone, such as 127.0.0.1)", u.Hostname())
	case hasDotSegment(u.Path):
		return nil, errors.New("the base URL's path holds . or .. segments: write it without them" + remedy)
	}
	return &url.URL{
		Scheme: u.Scheme,
		Host:   strings.ToLower(u.Host),
		Path:   strings.TrimRight(u.Path, "/"),
	}, nil
}

func validPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

func hasDotSegment(path string) bool {
	for segment := range strings.SplitSeq(path, "/") {
		if segment == "." || segment == ".." {
			return true
		}
	}
	return false
}

// below reports whether u stands on base's scheme and host, and below its
// path, so that the token may be sent there.
func below(base, u *url.URL) bool {
	return u.User == nil && u.Opaque == "" &&
		strings.EqualFold(u.Scheme, base.Scheme) &&
		hostWithPort(u) == hostWithPort(base) &&
		strings.HasPrefix(u.EscapedPath(), base.EscapedPath()+"/") &&
		!hasDotSegment(u.Path)
}

func hostWithPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[strings.ToLower(u.Scheme)]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}
