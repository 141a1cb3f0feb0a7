// Package faultproxy is a TCP proxy for tests: it stands between an engine and its
// server, and cuts, stalls or slows connections at the worst moment.
//
//	p := proxy.Start(t, "127.0.0.1:5432")
//	fired := p.On("commit", proxy.After) // lose the answer to the next COMMIT
//
// Only tests import this package.
package faultproxy
