package provision

import (
	"roomlift/provision/manifest"
	"roomlift/provision/webex"
)

// request is what is sent for a row. A field that the row does not set is left
// out: Webex takes an empty teamId for an unknown team.
func request(row *manifest.Row) webex.NewRoom {
	return webex.NewRoom{
		Title:              row.Title,
		TeamID:             row.TeamID,
		ClassificationID:   row.ClassificationID,
		IsLocked:           row.IsLocked.Ptr(),
		IsPublic:           row.IsPublic.Ptr(),
		Description:        row.Description,
		IsAnnouncementOnly: row.IsAnnouncementOnly.Ptr(),
	}
}
