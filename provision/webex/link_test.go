package webex

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNextLink(t *testing.T) {
	for name, tc := range map[string]struct {
		values []string
		want   string
	}{
		"none":                             {nil, ""},
		"empty":                            {[]string{""}, ""},
		"next":                             {[]string{`<https://h/v1/rooms?cursor=a>; rel="next"`}, "https://h/v1/rooms?cursor=a"},
		"without quotes":                   {[]string{`<u>;rel=next`}, "u"},
		"in capitals":                      {[]string{`<u>; REL="Next"`}, "u"},
		"one of several relations":         {[]string{`<u>; rel="last next"`}, "u"},
		"among other parameters":           {[]string{`<u>; title="a; b"; rel="next"; type=x`}, "u"},
		"the second of one header":         {[]string{`<first>; rel="first", <second>; rel="next"`}, "second"},
		"in the second header":             {[]string{`<first>; rel="first"`, `<second>; rel="next"`}, "second"},
		"after a quoted comma":             {[]string{`<first>; title="a, <b>; rel=next"; rel="first", <second>; rel="next"`}, "second"},
		"after an escaped quote":           {[]string{`<first>; title="a\", <b>"; rel=x, <second>; rel="next"`}, "second"},
		"a target with commas":             {[]string{`<u?a=1,2;3>; rel="next"`}, "u?a=1,2;3"},
		"another relation":                 {[]string{`<u>; rel="prev"`}, ""},
		"a relation that begins with next": {[]string{`<u>; rel="nextish"`}, ""},
		"no relation":                      {[]string{`<u>`}, ""},
		"the first rel alone counts":       {[]string{`<u>; rel="prev"; rel="next"`}, ""},
		"no end of the target":             {[]string{`<u; rel="next"`}, ""},
		"no target":                        {[]string{`; rel="next"`}, ""},
		"an empty target":                  {[]string{`<>; rel="next"`}, ""},
		"an open quote":                    {[]string{`<u>; title="; rel=next`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tc.want, nextLink(tc.values))
		})
	}
}
