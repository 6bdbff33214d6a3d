// Package page writes what became of a manifest as one HTML file that admins
// open and managers understand.
//
// The file stands alone. Its Content-Security-Policy forbids everything but its
// own style sheet and its own script, each named by its hash, so that neither a
// title nor an error, which are other people's text, can run or load anything.
// Nothing in it is the token, or was read from where tokens are. Without a script,
// as in the preview of a mail, it has the same story and 500 rooms; paper gets
// 1,000, with their links; those without a room come first in both.
//
// # The chart
//
// The chart is drawn here and not by github.com/go-analyze/charts, which was tried
// at version 0.6.4, with 100 bars, a line and three marks:
//
//   - Package charts puts every colour into a style attribute, which the policy
//     forbids and dark mode cannot change. Package chartdraw of the same module knows
//     classes, but still wrote 22 style attributes where it had been given a class
//     for everything it has one for.
//   - Words belong to its drawing: those of 12 px in one 1,000 units wide are 4 px high
//     on a phone of 390, so each chart would have to be drawn twice.
//   - Times stand at even parts of the span, such as 02:01:39, and not at 02:00.
//   - Bars have no titles, and marks at times of one's own did not come out.
//
// What is left for it are the bars and the line, some 40 lines of this package, for
// 1.8 MB more in the binary (3.2 instead of 1.4 for a program that does nothing else)
// and five more modules.
package page
