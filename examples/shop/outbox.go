package main

import (
	"context"
	"log/slog"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/outbox"
)

// topicPlaced is the topic of messages about new orders.
const topicPlaced = "order.placed"

// placed is what a message tells about a new order.
type placed struct {
	Order int64  `json:"order"`
	Email string `json:"email"`
	Cents int64  `json:"cents"`
}

// stored announces an order by a message in the outbox, which is there if and only if the
// order is. What one customer has ordered is told in order.
func stored(_ context.Context, em *orm.EntityManager, e placed) error {
	return outbox.Send(em, topicPlaced, e.Email, e)
}

// logged delivers messages to the log. A real shop would hand them to a broker or a mailer
// here; an error lets them come again.
func logged(ctx context.Context, m *outbox.Message) error {
	var e placed
	if err := m.Decode(&e); err != nil {
		return err
	}
	slog.InfoContext(ctx, m.Topic, "message", m.ID, "order", e.Order, "cents", e.Cents)
	return nil
}

// undelivered tells the log what the relay tries again.
func undelivered(ctx context.Context, m *outbox.Message, err error) {
	if m == nil {
		slog.ErrorContext(ctx, "outbox", "error", err)
		return
	}
	slog.WarnContext(ctx, "not delivered", "message", m.ID, "topic", m.Topic, "failures", m.Attempts+1, "error", err)
}
