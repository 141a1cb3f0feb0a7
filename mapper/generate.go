package mapper

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"sync/atomic"
	"time"
)

// generators make values on the client, by the name used in tags.
var generators = map[string]func() any{
	"uuid":     func() any { return NewUUID() },
	"uuid4":    func() any { return NewUUID4() },
	"ulid":     func() any { return NewULID() },
	"objectid": func() any { return NewObjectID() },
	"now":      func() any { return time.Now().UTC() },
}

// clock gives strictly growing milliseconds with a counter, so that keys made in
// the same millisecond by one process keep their order.
var clock struct {
	sync.Mutex
	ms  uint64
	seq uint16
}

// tick returns the next moment: milliseconds and a 12 bit counter.
func tick() (ms uint64, seq uint16) {
	clock.Lock()
	defer clock.Unlock()
	now := uint64(time.Now().UnixMilli())
	switch {
	case now > clock.ms:
		clock.ms, clock.seq = now, 0
	case clock.seq < 0xfff:
		clock.seq++
	default:
		clock.ms, clock.seq = clock.ms+1, 0
	}
	return clock.ms, clock.seq
}

// NewUUID returns a UUID of version 7: ordered by time, also within one process
// and millisecond. It is safe for concurrent use.
func NewUUID() UUID {
	var u UUID
	rand.Read(u[8:])
	ms, seq := tick()
	putMillis(u[:6], ms)
	binary.BigEndian.PutUint16(u[6:], 0x7000|seq)
	u[8] = u[8]&0x3f | 0x80
	return u
}

// NewUUID4 returns a random UUID of version 4.
func NewUUID4() UUID {
	var u UUID
	rand.Read(u[:])
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return u
}

// NewULID returns a ULID, ordered by time, also within one process and millisecond.
func NewULID() ULID {
	var u ULID
	rand.Read(u[8:])
	ms, seq := tick()
	putMillis(u[:6], ms)
	binary.BigEndian.PutUint16(u[6:], seq<<4)
	return u
}

// objectIDs is what the object ids of this process have in common.
var objectIDs = newObjectIDs()

type objectIDSource struct {
	process [5]byte
	counter atomic.Uint32
}

func newObjectIDs() *objectIDSource {
	var seed [4]byte
	s := &objectIDSource{}
	rand.Read(s.process[:])
	rand.Read(seed[:])
	s.counter.Store(binary.BigEndian.Uint32(seed[:]))
	return s
}

// NewObjectID returns a MongoDB object id: seconds, a random number of the
// process, and a counter.
func NewObjectID() ObjectID {
	var id ObjectID
	binary.BigEndian.PutUint32(id[:], uint32(time.Now().Unix()))
	copy(id[4:], objectIDs.process[:])
	n := objectIDs.counter.Add(1)
	id[9], id[10], id[11] = byte(n>>16), byte(n>>8), byte(n)
	return id
}

// putMillis writes 48 bits of milliseconds.
func putMillis(dst []byte, ms uint64) {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], ms)
	copy(dst, b[2:])
}
