package manifest

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// The refs stand in results files, so they may never change.
func TestRefsStayWhatTheyWere(t *testing.T) {
	for want, row := range map[string]Row{
		"r-8fa108952681f76e": {Title: "Sales"},
		"r-c505dea326bdf6cb": {Title: "Sales", TeamID: "T1"},
		"r-0d99c7ae5528971e": {Title: "Sales", TeamID: "T1", Key: "0012"},
		"r-d730656c7aaf058e": {Title: "Büro Zürich 👩‍🔧"},
	} {
		assert.Equal(t, want, row.Ref(), "%+v", row)
	}
}

func TestRefsFollowTheIdentityAlone(t *testing.T) {
	base := Row{Title: "Sales", TeamID: "T1"}
	same := Row{Title: "Sales", TeamID: "T1", Description: "D", IsLocked: True, ClassificationID: "C", Number: 9, Line: 10, Invalid: true}
	assert.Equal(t, base.Ref(), same.Ref())
	keyed := Row{Title: "Sales", TeamID: "T1", Key: "7"}
	renamed := Row{Title: "Marketing", Key: "7"}
	assert.Equal(t, keyed.Ref(), renamed.Ref())
}

func TestNoTwoIdentitiesHaveTheSameRef(t *testing.T) {
	refs := map[string]Row{}
	for _, row := range []Row{
		{Title: "a"},
		{Title: "ab"},
		{Title: "a", TeamID: "b"},
		{Title: "b", TeamID: "a"},
		{Title: "ab", TeamID: "b"},
		{Key: "a"},
		{Key: "title"},
		{Title: "key"},
		{Title: "row", TeamID: "1"},
		{Key: "1"},
		{Title: "a", Number: 1, nameless: true},
		{Title: "a", Number: 2, nameless: true},
	} {
		ref := row.Ref()
		assert.Regexp(t, `^r-[0-9a-f]{16}$`, ref)
		other, taken := refs[ref]
		assert.False(t, taken, "%+v and %+v", row, other)
		refs[ref] = row
	}
}

func TestBoolsSayWhetherTheyAreSet(t *testing.T) {
	assert.Nil(t, Unset.Ptr())
	assert.False(t, *False.Ptr())
	assert.True(t, *True.Ptr())
}
