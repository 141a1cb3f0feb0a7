package faultproxy

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// Fault is what happens to the connection that sends a trigger.
type Fault uint8

// The faults.
const (
	// None forwards everything.
	None Fault = iota
	// Before cuts the connection instead of forwarding the trigger.
	Before
	// After forwards the trigger, and cuts the connection instead of forwarding the answer.
	After
	// Lost is Before, Gone is After, and the server cannot be reached any more until Up.
	Lost
	Gone
	// Stall forwards the trigger and never the answer; the connection stays open.
	Stall
	// Watch forwards everything, and only tells that the trigger was sent.
	Watch
)

// Proxy stands between an engine and its server. It is safe for concurrent use.
type Proxy struct {
	listener net.Listener
	server   string

	mu      sync.Mutex
	links   map[*link]bool
	trigger []byte
	fault   Fault
	fired   chan struct{}
	down    bool
	delay   time.Duration
	running sync.WaitGroup
}

// Start starts a proxy to a server address; it stops when the test ends.
func Start(t testing.TB, server string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{listener: listener, server: server, links: map[*link]bool{}}
	p.running.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.Down()
		p.running.Wait()
	})
	return p
}

// Address returns the address to connect to.
func (p *Proxy) Address() string { return p.listener.Addr().String() }

// On lets a fault happen to the next connection that sends text; letter case does
// not matter. It happens once, and the channel is closed when it does.
func (p *Proxy) On(text string, fault Fault) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trigger, p.fault, p.fired = bytes.ToLower([]byte(text)), fault, make(chan struct{})
	return p.fired
}

// Delay makes every answer late by d from now on.
func (p *Proxy) Delay(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.delay = d
}

// CutAll cuts all connections; new ones are accepted.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cutAll()
}

// Down cuts all connections and refuses new ones until Up.
func (p *Proxy) Down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = true
	p.cutAll()
}

// Up accepts connections again, and forgets triggers and delays.
func (p *Proxy) Up() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down, p.fault, p.delay = false, None, 0
}

// Open returns the number of connections that are open.
func (p *Proxy) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.links)
}

func (p *Proxy) cutAll() {
	for l := range p.links {
		l.cut()
	}
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.connect(client) })
	}
}

// connect links a client to the server.
func (p *Proxy) connect(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		_ = client.Close()
		return
	}
	l := &link{proxy: p, client: client, server: server}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down {
		l.cut()
		return
	}
	p.links[l] = true
	p.running.Go(l.requests)
	p.running.Go(l.answers)
}

// forget ends a link.
func (p *Proxy) forget(l *link) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.links, l)
	l.cut()
}

// check returns what happens to a link that sends data.
func (p *Proxy) check(data []byte) Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fault == None || !bytes.Contains(bytes.ToLower(data), p.trigger) {
		return None
	}
	fault := p.fault
	p.fault = None
	p.down = p.down || fault == Lost || fault == Gone
	close(p.fired)
	return fault
}

// late returns how late answers are.
func (p *Proxy) late() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.delay
}
