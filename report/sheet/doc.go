// Package sheet gives admins their own table back: with columns that say what
// became of each row, or with the refused rows alone, to be corrected and applied.
//
// A workbook comes back as it was. Its parts are copied byte for byte; only in the
// sheet of rooms cells are added, in what is copied of its XML, so that nothing
// can get lost that this package does not know of. Every text is written as a
// text, never as a formula.
package sheet
