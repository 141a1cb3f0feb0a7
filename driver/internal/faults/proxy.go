package faults

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"
)

// Cut is the moment at which a proxy cuts the connection that sends a trigger.
type Cut uint8

// The moments of cuts.
const (
	// Never forwards everything.
	Never Cut = iota
	// Before cuts instead of forwarding the trigger.
	Before
	// After forwards the trigger, and cuts instead of forwarding the answer.
	After
)

// Proxy stands between an engine and its server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	conns   map[net.Conn]bool
	trigger []byte
	cut     Cut
}

// Start starts a proxy to a server address; it stops when the test ends.
func Start(t testing.TB, server string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: server, conns: map[net.Conn]bool{}}
	go p.accept()
	t.Cleanup(func() {
		_ = listener.Close()
		p.CutAll()
	})
	return p
}

// Address returns the address to connect to.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// On cuts the next connection that sends text; letter case does not matter. It happens once.
func (p *Proxy) On(text string, cut Cut) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trigger, p.cut = bytes.ToLower([]byte(text)), cut
}

// CutAll cuts all connections; new ones are accepted.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil {
			_ = client.Close()
			continue
		}
		p.mu.Lock()
		p.conns[client], p.conns[server] = true, true
		p.mu.Unlock()
		l := &link{proxy: p, client: client, server: server}
		go l.requests()
		go l.answers()
	}
}

// link is one proxied connection.
type link struct {
	proxy          *Proxy
	client, server net.Conn

	mu   sync.Mutex
	mute bool // the next answer is cut
}

func (l *link) close() {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	for _, c := range []net.Conn{l.client, l.server} {
		_ = c.Close()
		delete(l.proxy.conns, c)
	}
}

func (l *link) requests() {
	defer l.close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.client.Read(buffer)
		if err != nil {
			return
		}
		switch l.proxy.fired(buffer[:n]) {
		case Before:
			return
		case After:
			l.mu.Lock()
			l.mute = true
			l.mu.Unlock()
		case Never:
		}
		if _, err := l.server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

func (l *link) answers() {
	defer l.close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buffer)
		l.mu.Lock()
		mute := l.mute
		l.mu.Unlock()
		if err != nil || mute {
			return
		}
		if _, err := io.Copy(l.client, bytes.NewReader(buffer[:n])); err != nil {
			return
		}
	}
}

// fired reports when to cut the connection that sends data.
func (p *Proxy) fired(data []byte) Cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cut == Never || !bytes.Contains(bytes.ToLower(data), p.trigger) {
		return Never
	}
	cut := p.cut
	p.cut = Never
	return cut
}
