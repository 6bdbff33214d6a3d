// Package page writes what became of a manifest as one HTML file that admins
// open and managers understand.
//
// The file stands alone. Its Content-Security-Policy forbids everything but its
// own style sheet and its own script, each named by its hash, so that neither a
// title nor an error, which are other people's text, can run or load anything.
// Nothing in it is the token, or was read from where tokens are.
package page
