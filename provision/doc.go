// Package provision turns a manifest into rooms, each exactly once.
//
// NewPlan compares the manifest with the results file and decides, for every
// row, what has to happen. Engine.Run makes it happen: a pool of workers, each
// of which takes a row, writes an intent, waits for its turn, sends one
// request, classifies the outcome and records it. A row's failure is data and
// never ends a run.
package provision
