// Package report tells people what a run does and did: a progress bar, log
// lines and the summary at the end. It reads plans, events and records, and
// decides nothing.
package report
