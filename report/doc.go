// Package report tells what a run does and did: people by a progress bar, log
// lines and the summary at the end, programs by a JSON summary and metrics. It
// reads plans, events and records, and decides nothing.
package report
