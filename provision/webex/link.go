package webex

import "strings"

// nextLink returns the target of the first link whose relation is next, in
// the syntax of RFC 8288, or "". A target may hold commas and semicolons.
func nextLink(values []string) string {
	for _, value := range values {
		for value != "" {
			var target, params string
			target, params, value = cutLink(value)
			if target != "" && hasRelation(params, "next") {
				return target
			}
		}
	}
	return ""
}

// cutLink cuts the first link off a header value: <target> and its
// parameters, up to a comma that stands outside quotes.
func cutLink(s string) (target, params, rest string) {
	_, s, found := strings.Cut(s, "<")
	if !found {
		return "", "", ""
	}
	target, s, found = strings.Cut(s, ">")
	if !found {
		return "", "", ""
	}
	params, rest = cutUnquoted(s, ',')
	return strings.TrimSpace(target), params, rest
}

// cutUnquoted cuts s at the first separator that stands outside quotes.
func cutUnquoted(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// hasRelation reports whether the rel parameter, which may name several
// relations, names this one.
func hasRelation(params, relation string) bool {
	for params != "" {
		var param string
		param, params = cutUnquoted(params, ';')
		name, value, _ := strings.Cut(param, "=")
		if !strings.EqualFold(strings.TrimSpace(name), "rel") {
			continue
		}
		for rel := range strings.FieldsSeq(strings.Trim(strings.TrimSpace(value), `"`)) {
			if strings.EqualFold(rel, relation) {
				return true
			}
		}
		return false
	}
	return false
}
