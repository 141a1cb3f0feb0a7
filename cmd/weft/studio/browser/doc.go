// Package browser has the test that opens the studio in a real browser: each page is
// opened, typed in, clicked and looked at. It is a module of its own because nothing else
// needs a browser's protocol.
package browser
