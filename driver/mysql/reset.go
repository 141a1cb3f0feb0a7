package mysql

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"syscall"
	"time"

	"github.com/go-sql-driver/mysql"
)

// A server that does not take a packet says so and closes the connection while the packet is
// still being written. The write fails then, and the Go driver does not read what the server
// had said. A conn reads it, so that the failure has the number that tells its class.
type conn struct{ net.Conn }

// listens makes connections by TCP ones that hear a server out. Other networks keep their
// dialers, and what is encrypted cannot be read here.
func listens(c *mysql.Config) {
	if c.TLS != nil || c.TLSConfig != "" && c.TLSConfig != "false" {
		return
	}
	dial := c.DialFunc
	if dial == nil {
		if c.Net != "tcp" {
			return
		}
		dial = (&net.Dialer{}).DialContext
	}
	c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		inner, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		if _, ok := inner.(syscall.Conn); !ok {
			return inner, nil
		}
		return &conn{inner}, nil
	}
}

// SyscallConn lets the Go driver look whether the connection is alive.
func (c *conn) SyscallConn() (syscall.RawConn, error) { return c.Conn.(syscall.Conn).SyscallConn() }

// hearing is how long what a server has said is waited for; it is there already, or never comes.
const hearing = 100 * time.Millisecond

// Write fails with what the server has said, where it has said something.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		if said := c.said(); said != nil {
			return n, said
		}
	}
	return n, err
}

// said reads an error packet: its length, a sequence number, 0xff, the number of the
// error, '#' with the state of SQL, and the message.
func (c *conn) said() error {
	_ = c.Conn.SetReadDeadline(time.Now().Add(hearing))
	buf := make([]byte, 1024)
	n, err := c.Conn.Read(buf)
	if err != nil || n < 7 || buf[4] != 0xff {
		return nil
	}
	buf = buf[:n]
	e := &mysql.MySQLError{Number: binary.LittleEndian.Uint16(buf[5:7])}
	text := buf[7:]
	if len(text) >= 6 && text[0] == '#' {
		copy(e.SQLState[:], text[1:6])
		text = text[6:]
	}
	e.Message = string(text)
	return e
}
