package mysql

import (
	"errors"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/weft-orm/weft/driver"
)

// cut is a connection that its server has closed, after it has said something.
type cut struct {
	net.Conn
	said  string
	fails error
}

func (c *cut) Write([]byte) (int, error)       { return 1, c.fails }
func (c *cut) SetReadDeadline(time.Time) error { return nil }

func (c *cut) Read(b []byte) (int, error) {
	if c.said == "" {
		return 0, syscall.ECONNRESET
	}
	return copy(b, c.said), nil
}

// TestServerIsHeardOut finds what a server said before it closed the connection, and takes
// nothing else for it.
func TestServerIsHeardOut(t *testing.T) {
	reset := &net.OpError{Op: "write", Err: syscall.ECONNRESET}
	const packet = "\x2f\x00\x00\x01\xff\x81\x04#08S01Got a packet bigger than 'max_allowed_packet' bytes"
	for what, c := range map[string]struct {
		conn  cut
		class error
	}{
		"an error packet":    {cut{said: packet, fails: reset}, driver.ErrOutOfRange},
		"nothing":            {cut{fails: reset}, driver.ErrConnection},
		"another packet":     {cut{said: "\x05\x00\x00\x01\x00\x00\x00\x02\x00", fails: reset}, driver.ErrConnection},
		"half a packet":      {cut{said: "\x2f\x00\x00\x01\xff", fails: reset}, driver.ErrConnection},
		"a broken pipe":      {cut{said: packet, fails: &net.OpError{Op: "write", Err: syscall.EPIPE}}, driver.ErrOutOfRange},
		"a deadline instead": {cut{said: packet, fails: &net.OpError{Op: "write", Err: syscall.ETIMEDOUT}}, driver.ErrConnection},
	} {
		_, err := (&conn{&c.conn}).Write(make([]byte, 10))
		if got := classify(err).Class; !errors.Is(got, c.class) {
			t.Errorf("%s: %v is %v, want %v", what, err, got, c.class)
		}
	}
	_, err := (&conn{&cut{said: packet, fails: reset}}).Write(nil)
	if e, ok := errors.AsType[*mysql.MySQLError](err); !ok || e.Number != 1153 || string(e.SQLState[:]) != "08S01" || e.Message != "Got a packet bigger than 'max_allowed_packet' bytes" {
		t.Errorf("%#v", err)
	}
}
