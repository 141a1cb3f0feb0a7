package outbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm"
)

// Message is a row of the outbox. It is there until it was delivered.
type Message struct {
	// ID orders messages.
	ID int64
	// Topic says what it is about. Messages of one Key are delivered in order, whatever
	// their topics; "" is a key like any other.
	Topic string `orm:",length=255"`
	Key   string `orm:"message_key,length=255"`
	// Payload is what was sent, as JSON.
	Payload json.RawMessage `orm:",json"`
	// CreatedAt is when it was made, by the clock of its maker.
	CreatedAt time.Time
	// Attempts is how often its delivery failed, LastError the text of the last failure.
	Attempts  int
	LastError *string `orm:",type=text"`
	// After is the time before which it is not delivered.
	After time.Time `orm:"deliver_after"`
	// Holder delivers it now, until LeasedUntil; "" is nobody.
	Holder      string `orm:",length=64"`
	LeasedUntil *time.Time
	// Dead reports a message that was given up, see Options.MaxAttempts.
	Dead bool
}

// Entity is the mapping of messages, for orm.Entities. table is the name of the table,
// "" being "outbox".
func Entity(table string) *mapper.Definition {
	return mapper.Define(func(e *mapper.Builder[Message]) {
		e.Table(cmp.Or(table, "outbox"))
	})
}

// Send stores a message with the next flush of em. What payload is, json.Marshal says;
// its failure is the error.
func Send(em *orm.EntityManager, topic, key string, payload any) error {
	body, err := json.Marshal(payload)
	if err != nil {
		return fmt.Errorf("outbox: message %s: %w", topic, err)
	}
	now := time.Now()
	em.Persist(&Message{Topic: topic, Key: key, Payload: body, CreatedAt: now, After: now})
	return nil
}

// Decode reads the payload into v.
func (m *Message) Decode(v any) error { return json.Unmarshal(m.Payload, v) }
