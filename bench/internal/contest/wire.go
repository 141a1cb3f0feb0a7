package contest

import (
	"context"
	"encoding/binary"
	"net"
	"sync/atomic"
)

// Wire counts what goes over the connections of one entrant: round trips are
// turns from reading to writing, statements are read from the protocol.
type Wire struct {
	trips, statements atomic.Int64
	// count looks for statements in what is sent, and returns what the next piece begins with.
	count func(w *Wire, c *wireConn, b []byte)
}

// postgresWire and mysqlWire count by their protocols.
func postgresWire() *Wire { return &Wire{count: (*Wire).postgres} }
func mysqlWire() *Wire    { return &Wire{count: (*Wire).mysql} }

// Dial connects through the counter.
func (w *Wire) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &wireConn{Conn: c, wire: w}, nil
}

// take returns the counts and begins anew.
func (w *Wire) take() (trips, statements int64) { return w.trips.Swap(0), w.statements.Swap(0) }

type wireConn struct {
	net.Conn
	wire *Wire
	// writing is told by reads, too, which may come from another goroutine while a copy is sent.
	writing atomic.Bool
	started bool
	rest    int // bytes of the message under way
	head    []byte
}

// Read implements net.Conn.
func (c *wireConn) Read(b []byte) (int, error) {
	c.writing.Store(false)
	return c.Conn.Read(b)
}

// Write implements net.Conn.
func (c *wireConn) Write(b []byte) (int, error) {
	if !c.writing.Swap(true) {
		c.wire.trips.Add(1)
	}
	c.wire.count(c.wire, c, b)
	return c.Conn.Write(b)
}

// postgres counts Execute and Query messages; the startup message has no type.
func (w *Wire) postgres(c *wireConn, b []byte) {
	if !c.started {
		c.started = true
		return
	}
	for len(b) > 0 {
		if c.rest > 0 {
			n := min(c.rest, len(b))
			c.rest, b = c.rest-n, b[n:]
			continue
		}
		n := min(5-len(c.head), len(b))
		c.head, b = append(c.head, b[:n]...), b[n:]
		if len(c.head) < 5 {
			return
		}
		if c.head[0] == 'E' || c.head[0] == 'Q' {
			w.statements.Add(1)
		}
		c.rest, c.head = int(binary.BigEndian.Uint32(c.head[1:]))-4, c.head[:0]
	}
}

// mysql counts COM_QUERY and COM_STMT_EXECUTE.
func (w *Wire) mysql(c *wireConn, b []byte) {
	for len(b) > 0 {
		if c.rest > 0 {
			n := min(c.rest, len(b))
			c.rest, b = c.rest-n, b[n:]
			continue
		}
		n := min(5-len(c.head), len(b))
		c.head, b = append(c.head, b[:n]...), b[n:]
		if len(c.head) < 5 {
			return
		}
		if c.head[3] == 0 && (c.head[4] == 3 || c.head[4] == 23) {
			w.statements.Add(1)
		}
		size := int(c.head[0]) | int(c.head[1])<<8 | int(c.head[2])<<16
		c.rest, c.head = size-1, c.head[:0]
	}
}
