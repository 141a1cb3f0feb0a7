package testdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"os"
	"testing"
	"time"
)

// patience is how long a server may take to answer.
const patience = 10 * time.Second

// Missing ends a test whose server cannot be reached: the test is skipped, or
// fails when CI is set.
func Missing(t testing.TB, server, variable string, err error) {
	t.Helper()
	const format = "%s cannot be reached: set %s or start it on its default port: %v"
	if os.Getenv("CI") != "" {
		t.Fatalf(format, server, variable, err)
	}
	t.Skipf(format, server, variable, err)
}

// Address returns the value of an environment variable, or a default.
func Address(variable, standard string) string {
	if v := os.Getenv(variable); v != "" {
		return v
	}
	return standard
}

// Name returns a name for a database that nobody else has, "weft_6f1d2c...".
func Name() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return "weft_" + hex.EncodeToString(b[:])
}

func patient() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), patience)
}
