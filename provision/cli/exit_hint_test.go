package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"roomlift/provision/manifest"
)

func TestGoodRowsAreSpokenOfOnlyWhereTheyCanBeCreated(t *testing.T) {
	row, whole := &manifest.Error{Row: 3}, &manifest.Error{}
	assert.Contains(t, hintOfFaults(manifest.ErrorList{row}), "--skip-invalid")
	assert.NotContains(t, hintOfFaults(manifest.ErrorList{row, whole}), "--skip-invalid")
	assert.NotContains(t, hintOfFaults(manifest.ErrorList{whole}), "--skip-invalid")
}
