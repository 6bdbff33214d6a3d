package retryafter_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"roomlift/provision/retryafter"
)

func TestRetryAfter(t *testing.T) {
	const century = 100 * 365 * 24 * time.Hour
	now := time.Date(2026, time.March, 4, 5, 6, 7, 0, time.UTC)
	const serverDate = "Wed, 04 Mar 2026 04:00:00 GMT" // an hour and six minutes behind now
	for name, tc := range map[string]struct {
		date   string
		values []string
		want   retryafter.Wait
	}{
		"is not valid when absent":                         {},
		"is not valid when empty":                          {values: []string{""}},
		"counts seconds":                                   {values: []string{"4"}, want: retryafter.Wait{Delay: 4 * time.Second, Valid: true}},
		"counts an hour of seconds":                        {values: []string{"3600"}, want: retryafter.Wait{Delay: time.Hour, Valid: true}},
		"may have space around it":                         {values: []string{" 194 "}, want: retryafter.Wait{Delay: 194 * time.Second, Valid: true}},
		"may be zero":                                      {values: []string{"0"}, want: retryafter.Wait{Valid: true}},
		"may have decimals":                                {values: []string{"1.5"}, want: retryafter.Wait{Delay: 1500 * time.Millisecond, Valid: true}},
		"is never rounded down":                            {values: []string{"0.0000000001"}, want: retryafter.Wait{Delay: 1, Valid: true}},
		"is exact where a float would not be":              {values: []string{"3153599999"}, want: retryafter.Wait{Delay: century - time.Second, Valid: true}},
		"is capped at a century":                           {values: []string{"3153600001"}, want: retryafter.Wait{Delay: century, Valid: true}},
		"does not overflow":                                {values: []string{"99999999999999999999999"}, want: retryafter.Wait{Delay: century, Valid: true}},
		"does not overflow with 400 digits":                {values: []string{string(bytesOf('9', 400))}, want: retryafter.Wait{Delay: century, Valid: true}},
		"is not valid when negative":                       {values: []string{"-5"}},
		"is not valid with a sign":                         {values: []string{"+5"}},
		"is not valid as a formula":                        {values: []string{"rand(30),add(30)"}},
		"is not valid in scientific notation":              {values: []string{"1e9"}},
		"is not valid as infinity":                         {values: []string{"Inf"}},
		"is not valid in hexadecimal":                      {values: []string{"0x10"}},
		"is not valid with a unit":                         {values: []string{"30s"}},
		"is not valid as a list":                           {values: []string{"30, 60"}},
		"is not valid as a lone point":                     {values: []string{"."}},
		"may be a date, against the server's clock":        {date: serverDate, values: []string{"Wed, 04 Mar 2026 04:00:30 GMT"}, want: retryafter.Wait{Delay: 30 * time.Second, Valid: true}},
		"may be a date, against ours if there is no other": {values: []string{"Wed, 04 Mar 2026 05:07:07 GMT"}, want: retryafter.Wait{Delay: time.Minute, Valid: true}},
		"may be a date when the server's is malformed":     {date: "yesterday", values: []string{"Wed, 04 Mar 2026 05:07:07 GMT"}, want: retryafter.Wait{Delay: time.Minute, Valid: true}},
		"may be a date in the old format":                  {date: serverDate, values: []string{"Wednesday, 04-Mar-26 04:00:01 GMT"}, want: retryafter.Wait{Delay: time.Second, Valid: true}},
		"asks for no wait with a date that has passed":     {date: serverDate, values: []string{"Wed, 04 Mar 2026 03:59:59 GMT"}, want: retryafter.Wait{Valid: true}},
		"is capped with a date in the year 9999":           {date: serverDate, values: []string{"Fri, 31 Dec 9999 23:59:59 GMT"}, want: retryafter.Wait{Delay: century, Valid: true}},
		"is the longest of several":                        {values: []string{"3", "60", "4"}, want: retryafter.Wait{Delay: time.Minute, Valid: true, Raw: "60"}},
		"is the valid one of several":                      {values: []string{"soon", "7"}, want: retryafter.Wait{Delay: 7 * time.Second, Valid: true, Raw: "7"}},
	} {
		t.Run(name, func(t *testing.T) {
			header := http.Header{}
			if tc.date != "" {
				header.Set("Date", tc.date)
			}
			for _, value := range tc.values {
				header.Add("Retry-After", value)
			}
			if tc.want.Raw == "" && len(tc.values) > 0 {
				tc.want.Raw = tc.values[0]
			}
			assert.Equal(t, tc.want, retryafter.Parse(header, now))
		})
	}
}

func bytesOf(b byte, n int) []byte {
	text := make([]byte, n)
	for i := range text {
		text[i] = b
	}
	return text
}
