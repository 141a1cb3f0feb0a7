package testdb

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// Mongo returns the URI of a MongoDB deployment and the name of a new database
// on it, dropped when the test ends. Without WEFT_MONGO it is the stand-in of
// tests/mongo-standin, started once for each test binary through Node.
func Mongo(t testing.TB) (uri, db string) {
	t.Helper()
	uri = os.Getenv("WEFT_MONGO")
	if uri == "" {
		var err error
		if uri, err = standIn(); err != nil {
			Missing(t, "MongoDB (or Node with the packages of tests/mongo-standin)", "WEFT_MONGO", err)
		}
	}
	db = Name()
	t.Cleanup(func() { dropMongo(t, uri, db) })
	return uri, db
}

// StandaloneMongo is Mongo for a server without a replica set, and so without
// transactions: WEFT_MONGO_STANDALONE, else the stand-in.
func StandaloneMongo(t testing.TB) (uri, db string) {
	t.Helper()
	uri = os.Getenv("WEFT_MONGO_STANDALONE")
	if uri == "" {
		var err error
		if uri, err = standalone(); err != nil {
			Missing(t, "a standalone MongoDB (or Node with the packages of tests/mongo-standin)", "WEFT_MONGO_STANDALONE", err)
		}
	}
	db = Name()
	t.Cleanup(func() { dropMongo(t, uri, db) })
	return uri, db
}

func dropMongo(t testing.TB, uri, db string) {
	ctx, cancel := patient()
	defer cancel()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Errorf("drop database %s: %v", db, err)
		return
	}
	defer func() { _ = client.Disconnect(ctx) }()
	if err := client.Database(db).Drop(ctx); err != nil {
		t.Errorf("drop database %s: %v", db, err)
	}
}

// standIn and standalone start stand-in servers. They end with the test binary, which
// holds the other end of their standard inputs.
var (
	standIn    = sync.OnceValues(func() (string, error) { return startStandIn("rs0") })
	standalone = sync.OnceValues(func() (string, error) { return startStandIn("") })
)

func startStandIn(replicaSet string) (string, error) {
	_, file, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(file), "..", "..", "tests", "mongo-standin")
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		return "", errors.New("run npm ci in tests/mongo-standin")
	}
	cmd := exec.Command("node", "server.mjs", "--port", "0", "--print-uri", "--exit-with-parent", "--replica-set="+replicaSet)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return "", err
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("the stand-in did not start: %w", err)
	}
	held.Store(line, stdin)
	return strings.TrimSpace(line), nil
}

// held keeps the standard inputs of stand-ins open: a pipe without a reference is closed
// by its finalizer.
var held sync.Map
