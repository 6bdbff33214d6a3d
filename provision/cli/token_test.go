package cli

import (
	"bytes"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestARenewalIsLoggedWithItsEndOnlyWhereThatIsKnown(t *testing.T) {
	var said bytes.Buffer
	tell := logRenewals(slog.New(slog.NewTextHandler(&said, nil)))
	tell(time.Time{}, nil)
	assert.Contains(t, said.String(), "the token was renewed")
	assert.NotContains(t, said.String(), "until")
	tell(time.Date(2026, 12, 24, 18, 0, 0, 0, time.UTC), nil)
	assert.Contains(t, said.String(), "until=2026-12-24T18:00:00")
}
