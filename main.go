// Roomlift creates Webex rooms from a manifest, each exactly once.
package main

import (
	"os"

	"roomlift/provision/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
