package manifest

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestYAMLDefaultsFillWhatARoomLeavesOut(t *testing.T) {
	m, err := readString(t, "r.yaml", `
defaults:
  team ID: T1
  is_locked: yes
  isPublic: false
  description: For everybody
rooms:
  - title: As the defaults say
  - title: Its own values
    teamId: T2
    isLocked: no
    isPublic: true
    description: ""
    isAnnouncementOnly: ~
  - title: Not set
    teamId:
    isLocked: ~
    isPublic: null
    description: ''
`)
	assert.Equal(t, []string{
		"r.yaml:12:15: isPublic needs a description; describe the room, or set isPublic to false",
	}, messages(t, err))
	assert.Equal(t, []Row{
		{Title: "As the defaults say", TeamID: "T1", IsLocked: True, IsPublic: False, Description: "For everybody", Number: 1, Line: 8},
		{Title: "Its own values", TeamID: "T2", IsLocked: False, IsPublic: True, Number: 2, Line: 9, Invalid: true},
		{Title: "Not set", Number: 3, Line: 15},
	}, asWritten(m.Rows))
}

func TestYAMLTextIsTakenAsWritten(t *testing.T) {
	m, err := readString(t, "r.yml", `%YAML 1.2
---
- title: 0123
- title: 1.10
- title: yes
- title: 1e3
- title: 0x1F
- title: 2026-11-22
- title: .inf
- title: "null"
- title: &name Sales
- {title: *name, key: 007}
- title: >
    folded
    text
- title: " padded "
- title: !!str 5
`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"0123", "1.10", "yes", "1e3", "0x1F", "2026-11-22", ".inf", "null", "Sales", "Sales", "folded text", "padded", "5",
	}, titles(m))
	assert.Equal(t, "007", m.Rows[9].Key)
}

func TestYAMLReportsEveryFaultInOneGo(t *testing.T) {
	m, err := readString(t, "r.yaml", `- title: A
  isLocked: 3
  isPublic: [true]
  foo: 1
- title: A
- title: B
  titel: C
- Sales
-
- {teamId: T1}
`)
	assert.Equal(t, []string{
		`r.yaml:2:13: isLocked "3" is neither true nor false; write true or false, or leave the cell empty`,
		`r.yaml:3:13: isPublic is a list, not a single value; write one value; put quotes around text that holds brackets, braces or ": "`,
		`r.yaml:4:3: "foo" is not a field; use one of title, teamId, classificationId, isLocked, isPublic, description, isAnnouncementOnly, key`,
		`r.yaml:5:10: title "A" is the same title and team as in r.yaml:1; delete one of the two rows, or give each a key of its own if both rooms are wanted`,
		`r.yaml:7:3: "titel" is not a field; did you mean "title"?; correct the name`,
		`r.yaml:8:3: the room is a single value, not a mapping; write it as fields: "- title: Sales Berlin"`,
		`r.yaml:9:2: the room is empty, not a mapping; write it as fields: "- title: Sales Berlin"`,
		`r.yaml:10:3: title is blank; give the room a title, or delete it`,
	}, messages(t, err))
	require.Len(t, m.Rows, 6)
	for i := range m.Rows {
		assert.True(t, m.Rows[i].Invalid)
		assert.Equal(t, i+1, m.Rows[i].Number)
	}
}

func TestFaultyDefaultsAreReportedOnceAndNoRoomIsTrusted(t *testing.T) {
	m, err := readString(t, "r.yaml", `defaults:
  isLocked: perhaps
  description: "bell \a"
  title: Room
  isAnnouncementOnly: true
rooms:
  - title: A
  - title: B
    isLocked: true
`)
	assert.Nil(t, m)
	assert.Equal(t, []string{
		`r.yaml:2:13: isLocked "perhaps" is neither true nor false; write true or false, or leave the cell empty`,
		`r.yaml:3:16: description "bell \a" has the control character U+0007 in it; delete the character; pasted text often brings it along`,
		`r.yaml:4:10: title cannot have a default, because it is each room's own; move it into the rooms`,
		`r.yaml:7:5: isAnnouncementOnly needs isLocked to be true as well; set isLocked to true, or isAnnouncementOnly to false`,
	}, messages(t, err))
}
