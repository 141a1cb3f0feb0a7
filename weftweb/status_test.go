package weftweb_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// statuses are the classes of errors with their status, as docs/errors.md has them.
var statuses = map[string]struct {
	err    error
	status int
}{
	"orm.ErrGuarded":        {orm.ErrGuarded, 403},
	"orm.ErrNotFound":       {orm.ErrNotFound, 404},
	"orm.ErrOptimisticLock": {orm.ErrOptimisticLock, 409}, "orm.ErrUniqueViolation": {orm.ErrUniqueViolation, 409},
	"orm.ErrForeignKeyViolation": {orm.ErrForeignKeyViolation, 409},
	"orm.ErrPolicy":              {orm.ErrPolicy, 400}, "orm.ErrCursor": {orm.ErrCursor, 400},
	"orm.ErrNotAllowed": {orm.ErrNotAllowed, 422}, "orm.ErrRequired": {orm.ErrRequired, 422}, "orm.ErrValue": {orm.ErrValue, 422},
	"orm.ErrOutOfRange": {orm.ErrOutOfRange, 422}, "orm.ErrNotNullViolation": {orm.ErrNotNullViolation, 422},
	"orm.ErrCheckViolation": {orm.ErrCheckViolation, 422},
	"orm.ErrConnection":     {orm.ErrConnection, 503}, "orm.ErrDeadlock": {orm.ErrDeadlock, 503},
	"orm.ErrSerialization": {orm.ErrSerialization, 503}, "orm.ErrLockTimeout": {orm.ErrLockTimeout, 503},
	"orm.ErrReadOnly": {orm.ErrReadOnly, 503}, "context.DeadlineExceeded": {context.DeadlineExceeded, 503},
	"orm.ErrCanceled":      {orm.ErrCanceled, 499},
	"orm.ErrCommitUnknown": {orm.ErrCommitUnknown, 500}, "orm.ErrUnresolved": {orm.ErrUnresolved, 500},
	"orm.ErrAfterFlush": {orm.ErrAfterFlush, 500}, "orm.ErrAfterCommit": {orm.ErrAfterCommit, 500},
	"orm.ErrUnknownProperty": {orm.ErrUnknownProperty, 500}, "orm.ErrStatementBudget": {orm.ErrStatementBudget, 500},
	"orm.ErrConcurrentUse": {orm.ErrConcurrentUse, 500}, "orm.ErrReadOnlyEntity": {orm.ErrReadOnlyEntity, 500},
	"orm.ErrNoManager": {orm.ErrNoManager, 500},
}

func TestStatus(t *testing.T) {
	for name, s := range statuses {
		if got := weftweb.Status(fmt.Errorf("around: %w", s.err)); got != s.status {
			t.Errorf("%s is %d, want %d", name, got, s.status)
		}
	}
	for _, tt := range []struct {
		err  error
		want int
	}{
		{nil, 200}, {errors.New("x"), 500}, {weftweb.Fail(418, ""), 418}, {fmt.Errorf("x: %w", weftweb.Fail(403, "no", orm.ErrNotFound)), 403},
		{&weftweb.PanicError{Value: orm.ErrNotFound}, 500}, {errors.Join(orm.ErrCommitUnknown, orm.ErrConnection), 500},
		{errors.Join(orm.ErrCanceled, context.DeadlineExceeded), 503}, {&http.MaxBytesError{}, 413},
	} {
		if got := weftweb.Status(tt.err); got != tt.want {
			t.Errorf("%v is %d, want %d", tt.err, got, tt.want)
		}
	}
}

// TestThePageOfErrorsTellsTheStatus holds the table of docs/errors.md against the program.
func TestThePageOfErrorsTellsTheStatus(t *testing.T) {
	page, err := os.ReadFile("../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, row := range regexp.MustCompile(`(?m)^\| (\d{3}) \| (.*?) \|`).FindAllStringSubmatch(string(page), -1) {
		for _, name := range regexp.MustCompile("`([\\w.]+)`").FindAllStringSubmatch(row[2], -1) {
			key := name[1]
			if !strings.Contains(key, ".") {
				key = "orm." + key
			}
			s, ok := statuses[key]
			if seen++; !ok || fmt.Sprint(s.status) != row[1] {
				t.Errorf("the page says that %s is %s", key, row[1])
			}
		}
	}
	if seen < 20 {
		t.Errorf("the page names only %d classes", seen)
	}
}

// TestProblemsNameProperties sees what a client is told of mistakes in data, and that
// no value of it comes back.
func TestProblemsNameProperties(t *testing.T) {
	db := open(t)
	ctx := t.Context()
	for name, tt := range map[string]struct {
		do   func(em *orm.EntityManager) error
		want string
	}{
		"assign": {func(em *orm.EntityManager) error {
			return orm.Assign(ctx, em, &Note{}, orm.M{"title": 7, "stars": "many", "owner": orm.M{"name": "secret"}, "nope": 1}, orm.AssignOnly("title", "stars"))
		}, `{"title":"Unprocessable Entity","status":422,"errors":[{"path":"nope","message":"property may not be assigned"},` +
			`{"path":"owner","message":"property may not be assigned"},` +
			`{"path":"stars","message":"invalid value"},{"path":"title","message":"invalid value"}]}`},
		"check": {func(em *orm.EntityManager) error { em.Persist(&Note{Title: "secret", Stars: 9}); return em.Flush(ctx) },
			`{"title":"Unprocessable Entity","status":422,"errors":[{"path":"stars","message":"check constraint violated"}]}`},
		"length": {func(em *orm.EntityManager) error {
			em.Persist(&Note{Title: strings.Repeat("secret", 9)})
			return em.Flush(ctx)
		}, `{"title":"Unprocessable Entity","status":422,"errors":[{"path":"title","message":"invalid value"}]}`},
		"policy": {func(em *orm.EntityManager) error {
			_, err := orm.FromJSON[Note](db, []byte(`{"$or":[{"title":"a"},{"owner.name":"secret"}]}`), orm.Policy{Paths: []string{"title"}})
			return err
		}, `{"title":"Bad Request","status":400,"errors":[{"path":"/$or/1/owner.name","message":"not allowed"}]}`},
		"no json": {func(em *orm.EntityManager) error {
			_, err := orm.FromJSON[Note](db, []byte(`{"title":`), orm.Policy{Paths: []string{"title"}})
			return err
		}, `{"title":"Bad Request","status":400,"errors":[{"path":"","message":"malformed condition"}]}`},
	} {
		w := httptest.NewRecorder()
		weftweb.Error(w, httptest.NewRequestWithContext(ctx, "GET", "/", nil), tt.do(db.Fork()))
		if got := strings.TrimSpace(w.Body.String()); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.want)
		}
	}
}

// TestKeyThatIsNone sees that a client is told of a key by its name, also where it stands alone.
func TestKeyThatIsNone(t *testing.T) {
	_, err := orm.FindOneOrFail[Note](t.Context(), open(t).Fork(), "x")
	p := weftweb.ProblemOf(weftweb.Status(err), err)
	if want := (weftweb.FieldError{Path: "id", Message: "invalid value"}); p.Status != 422 || len(p.Errors) != 1 || p.Errors[0] != want {
		t.Errorf("%+v", p)
	}
}
