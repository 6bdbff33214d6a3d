package webextest_test

import (
	"context"
	"fmt"
	"net/http"

	"roomlift/provision/webex"
	"roomlift/provision/webex/webextest"
)

// The answer to the first request is lost after the room was made, so that a
// client which simply tries again makes a second one.
func Example() {
	server := &webextest.Server{
		Faults: webextest.Script(http.MethodPost, webextest.Fault{Kind: webextest.Drop, Made: true}),
	}
	running := server.Start()
	defer running.Close()

	client, err := running.Client("token")
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		_, _, err := client.CreateRoom(context.Background(), webex.NewTrackingID(), webex.NewRoom{Title: "Project Unicorn"})
		fmt.Println(err == nil)
	}
	fmt.Println(server.Count(), "rooms exist")
	// Output:
	// false
	// true
	// 2 rooms exist
}
