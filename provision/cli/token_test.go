package cli

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsWrittenDownInPlaceOfATokenIsNamed(t *testing.T) {
	for text, want := range map[string]string{
		"\uFEFFTOKEN\r\n": "", "TOKEN": "", "\xFF\xFET\x00O\x00": "UTF-16", "T\x00O\x00": "UTF-16",
		"Bearer TOKEN": "the word Bearer", "Authorization: bearer TOKEN": "the word Bearer", `{"token": "TOKEN"}`: "JSON",
	} {
		token, err := tokenOf([]byte(text))
		if want == "" {
			require.NoError(t, err)
			assert.Equal(t, "TOKEN", token)
			continue
		}
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "TOKEN")
	}
}

func TestARenewalIsLoggedWithItsEndOnlyWhereThatIsKnown(t *testing.T) {
	var said bytes.Buffer
	tell := logRenewals(slog.New(slog.NewTextHandler(&said, nil)))
	tell(time.Time{}, nil)
	assert.Contains(t, said.String(), "the token was renewed")
	assert.NotContains(t, said.String(), "until")
	tell(time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC), nil)
	assert.Contains(t, said.String(), "until=2026-12-24T18:00:00")
}
