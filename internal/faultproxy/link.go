package faultproxy

import (
	"net"
	"sync/atomic"
	"time"
)

// link is one proxied connection.
type link struct {
	proxy          *Proxy
	client, server net.Conn
	fault          atomic.Uint32 // what happens to the next answer
}

func (l *link) cut() {
	_ = l.client.Close()
	_ = l.server.Close()
}

// requests forwards what the client sends.
func (l *link) requests() {
	defer l.proxy.forget(l)
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.client.Read(buffer)
		if err != nil {
			return
		}
		fault := l.proxy.check(buffer[:n])
		switch fault {
		case Before:
			return
		case Lost:
			l.proxy.CutAll()
			return
		case None, After, Gone, Stall, Watch:
		}
		if fault != None {
			l.fault.Store(uint32(fault))
		}
		if _, err := l.server.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// answers forwards what the server sends.
func (l *link) answers() {
	defer l.proxy.forget(l)
	buffer := make([]byte, 64<<10)
	for {
		n, err := l.server.Read(buffer)
		if err != nil {
			return
		}
		switch Fault(l.fault.Load()) {
		case After:
			return
		case Gone:
			l.proxy.CutAll()
			return
		case Stall:
			continue
		case None, Before, Lost, Watch:
		}
		time.Sleep(l.proxy.late())
		if _, err := l.client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
