package browser

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/weft-orm/weft/cmd/weft/studio"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/driver/postgres"
	"github.com/weft-orm/weft/driver/sqlite"
	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/schema"
	"github.com/weft-orm/weft/weftweb"
)

var update = flag.Bool("update", false, "write the pictures of docs/images again")

type Author struct {
	ID    int64
	Name  string `orm:",unique"`
	Age   int
	Books orm.Collection[Book] `orm:",mappedBy=author"`
}

type Book struct {
	ID        int64
	Title     string
	Pages     int
	Author    orm.Ref[Author]
	Publisher *Publisher
	Tags      orm.Collection[Tag]
}

type Publisher struct {
	ID      int64
	Name    string
	Country string
}

type Tag struct {
	ID   int64
	Name string `orm:",unique"`
}

func TestSQLite(t *testing.T) {
	walk(t, sqlite.File(filepath.Join(t.TempDir(), "library.db")), *update)
}

func TestPostgres(t *testing.T) {
	url := os.Getenv("WEFT_POSTGRES")
	if url == "" {
		url = "postgres://postgres@127.0.0.1:5432/postgres"
	}
	name := fmt.Sprintf("weft_studio_%d", os.Getpid())
	admin, err := orm.Open(t.Context(), postgres.URL(url), orm.Entities(Tag{}))
	if err != nil {
		t.Skipf("SKIPPED: no PostgreSQL: %v", err)
	}
	defer admin.Close()
	if err := schema.CreateDatabase(t.Context(), admin, name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.WithoutCancel(t.Context())
		admin, err := orm.Open(ctx, postgres.URL(url), orm.Entities(Tag{}))
		if err != nil {
			t.Error(err)
			return
		}
		defer admin.Close()
		if err := schema.DropDatabase(ctx, admin, name); err != nil {
			t.Error(err)
		}
	})
	walk(t, postgres.URL(url[:strings.LastIndexByte(url, '/')+1]+name), false)
}

// fill stores a small library.
func fill(t *testing.T, c driver.Connector, trace *studio.Trace) *orm.DB {
	t.Helper()
	ctx := t.Context()
	db, err := orm.Open(ctx, c, orm.Entities(Author{}, Book{}, Publisher{}, Tag{}), trace.Option())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	if err := schema.Ensure(ctx, db); err != nil {
		t.Fatal(err)
	}
	em := db.Fork()
	tags := []*Tag{{Name: "science"}, {Name: "fiction"}, {Name: "travel"}}
	houses := []*Publisher{{Name: "Harbour", Country: "NL"}, {Name: "Meadow", Country: "IE"}}
	for i, name := range []string{"Ann", "Ben", "Cleo"} {
		a := &Author{Name: name, Age: 30 + 7*i}
		em.Persist(a)
		for j := range 3 {
			b := &Book{Title: fmt.Sprintf("%s's book %d", name, j+1), Pages: 90 + 40*j + i, Author: orm.To(a), Publisher: houses[(i+j)%2]}
			b.Tags.Add(tags[(i+j)%3])
			em.Persist(b, b.Publisher, tags[(i+j)%3])
		}
	}
	if err := em.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	return db
}

// watched serves an application on the library, and returns its address and that of its stream.
func watched(t *testing.T, c driver.Connector) (application, stream string) {
	t.Helper()
	debug := weftweb.NewDebug(weftweb.DebugOptions{Statements: 4})
	db, err := orm.Open(t.Context(), c, append(debug.Options(), orm.Entities(Author{}, Book{}, Publisher{}, Tag{}))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	mux := http.NewServeMux()
	mux.Handle("POST /authors/{name}", weftweb.HandlerFunc(func(w http.ResponseWriter, r *http.Request) error {
		em := orm.From(r.Context())
		authors, err := orm.Find[Author](r.Context(), em, nil)
		if err != nil {
			return err
		}
		for _, a := range authors {
			if err := a.Books.Load(r.Context()); err != nil {
				return err
			}
		}
		a := &Author{Name: r.PathValue("name")}
		em.Persist(a, &Book{Title: "Secrets", Author: orm.To(a)})
		return nil
	}))
	root := http.NewServeMux()
	root.Handle("/debug/weft", debug)
	root.Handle("/", debug.Middleware(weftweb.Middleware(db)(mux)))
	server := httptest.NewServer(root)
	t.Cleanup(server.Close)
	return server.URL, server.URL + "/debug/weft?token=" + debug.Token()
}

// exec runs a statement that the studio does not know of.
func (v *visitor) exec(statement string) {
	v.t.Helper()
	handle, ok := driver.EngineAs[driver.SQLHandle](v.db.Engine())
	if !ok {
		v.t.Fatal("no SQL")
	}
	if _, err := handle.DB().ExecContext(v.t.Context(), statement); err != nil {
		v.t.Fatal(err)
	}
}

// A visitor is a browser with the studio open.
type visitor struct {
	t        *testing.T
	ctx      context.Context
	pictures bool
	db       *orm.DB
	// application is the address of one that is watched.
	application string

	mu      sync.Mutex
	console []string
}

// visit starts a browser; without one the test is skipped.
func visit(t *testing.T, c driver.Connector, pictures bool) *visitor {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "headless-shell"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("SKIPPED: no Chromium, which the test of the studio's pages needs")
	}
	trace := studio.NewTrace()
	db := fill(t, c, trace)
	application, stream := watched(t, c)
	s, err := studio.New(db, trace, studio.Options{Write: true, Package: "example.org/library/model", Database: "the library", Live: stream})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 860), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), opts...)
	t.Cleanup(stop)
	ctx, stopTab := chromedp.NewContext(alloc)
	t.Cleanup(stopTab)
	v := &visitor{t: t, ctx: ctx, pictures: pictures, db: db, application: application}
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *runtime.EventExceptionThrown:
			v.hear(ev.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			if ev.Entry.Level == log.LevelError && !strings.Contains(ev.Entry.Text, "422") { // mistakes are answered so
				v.hear(ev.Entry.Text + " " + ev.Entry.URL)
			}
		}
	})
	v.do("open", emulation.SetFocusEmulationEnabled(true), chromedp.Navigate(server.URL+"/?token="+s.Token()), chromedp.WaitVisible(`header h1`))
	return v
}

func (v *visitor) hear(text string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.console = append(v.console, text)
}

// do acts, each step within a time that a busy machine needs.
func (v *visitor) do(what string, actions ...chromedp.Action) {
	v.t.Helper()
	ctx, stop := context.WithTimeout(v.ctx, 30*time.Second)
	defer stop()
	if what == "open" { // the first call starts the browser, which must outlive it
		ctx = v.ctx
	}
	if err := chromedp.Run(ctx, actions...); err != nil {
		v.t.Fatalf("%s: %v", what, err)
	}
}

// see waits until a text can be read in the part of the page that a selector names.
func (v *visitor) see(selector, text string) {
	v.t.Helper()
	script := fmt.Sprintf(`[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))`, selector, text)
	deadline := time.Now().Add(30 * time.Second)
	for {
		var found bool
		v.do("look for "+text, chromedp.Evaluate(script, &found))
		if found {
			return
		}
		if time.Now().After(deadline) {
			var shown string
			v.do("read", chromedp.Evaluate(`document.body.innerText`, &shown))
			v.t.Fatalf("%q is not in %s; the page says:\n%s", text, selector, shown)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// press clicks the button with a text.
func (v *visitor) press(name string) {
	v.t.Helper()
	v.do("press "+name, chromedp.Click(fmt.Sprintf(`//button[normalize-space()=%q and not(@disabled)]`, name), chromedp.BySearch))
}

// condition types a condition in place of the one that is there.
func (v *visitor) condition(text string) {
	v.t.Helper()
	v.do("type", chromedp.Evaluate(fmt.Sprintf(
		`document.querySelector('.cm-content').focus(), document.execCommand('selectAll'), document.execCommand('insertText', false, %q)`, text), nil))
}

// picture writes what is seen to docs/images, when asked to.
func (v *visitor) picture(name string) {
	v.t.Helper()
	if !v.pictures {
		return
	}
	var png []byte
	v.do("picture", chromedp.CaptureScreenshot(&png))
	at := filepath.Join("..", "..", "..", "..", "docs", "images", name+".png")
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		v.t.Fatal(err)
	}
	if err := os.WriteFile(at, png, 0o644); err != nil {
		v.t.Fatal(err)
	}
}

// walk goes through every page as a person would.
func walk(t *testing.T, c driver.Connector, pictures bool) {
	v := visit(t, c, pictures)
	if !t.Run("playground", func(t *testing.T) { v.t = t; v.playground() }) {
		return
	}
	t.Run("model", func(t *testing.T) { v.t = t; v.model() })
	t.Run("data", func(t *testing.T) { v.t = t; v.data() })
	t.Run("live", func(t *testing.T) { v.t = t; v.live() })
	t.Run("dark", func(t *testing.T) { v.t = t; v.dark() })
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.console) > 0 {
		t.Errorf("the browser complained:\n%s", strings.Join(v.console, "\n"))
	}
}

func (v *visitor) playground() {
	v.see(".becoming pre", `"authors"`)
	v.condition(`{"books.tags.name": "science"}`)
	v.see(".becoming pre", "book_tags")
	v.do("populate", chromedp.SendKeys(`textarea`, "books.publisher"))
	v.see(".becoming h3", "books.publisher")
	v.press("mongo")
	v.see(".becoming pre", "$lookup")
	v.press("go")
	v.see(".becoming pre", `orm.Find[model.Author]`)
	v.press("tree")
	v.see(".becoming pre", "some books")
	v.condition(`{"books.tgs.name": "science"}`)
	v.see(".problem", `did you mean "tags"`)
	v.see(".cm-lintRange-error", "tgs")
	v.condition(`{"books.tags.name": "science"}`)
	v.press("sqlite")
	v.press("Run")
	v.see("section[aria-label=rows] h3", "3 rows")
	v.see(".graph .row-head", "Author")
	v.see(".events", "9 rows")
	v.do("open", chromedp.Click(`.related .row-head`))
	v.see(".related .related .rel", "publisher")
	v.picture("studio-playground")
	v.press("Explain")
	v.see("svg.explained text", "e0")
	v.press("Compare strategies")
	v.see(".strategy .badge", "fastest")
	var hash string
	v.do("the link", chromedp.Evaluate(`location.hash`, &hash))
	if !strings.Contains(hash, "books.tags.name") || !strings.Contains(hash, "populate=books.publisher") {
		v.t.Errorf("the link is %s", hash)
	}
	var address string
	v.do("the address", chromedp.Evaluate(`location.search`, &address))
	if address != "" {
		v.t.Errorf("the token stays in the address: %s", address)
	}
	v.condition(`{"b`)
	v.do("complete", chromedp.SendKeys(`.cm-content`, "o", chromedp.ByQuery))
	v.see(".cm-tooltip-autocomplete", "books")
	v.do("take", chromedp.SendKeys(`.cm-content`, kb.Escape, chromedp.ByQuery))
	v.condition(`{"books.tags.name": "science"}`)
}

func (v *visitor) model() {
	v.do("keys", chromedp.Evaluate(`dispatchEvent(new KeyboardEvent('keydown', {key: '2', altKey: true}))`, nil))
	v.see(".entity", "Publisher")
	v.see(".drift", "the database is what the mapping says")
	v.do("lit", chromedp.WaitVisible(`.edge.lit`))
	v.do("choose", chromedp.Evaluate(`[...document.querySelectorAll('.entity')].find(e => e.textContent.startsWith('Book')).dispatchEvent(new MouseEvent('click', {bubbles: true}))`, nil))
	v.see(".details", "many-to-many Tag")
	v.picture("studio-model")
	v.exec("alter table books add column extra integer")
	v.press("Playground")
	v.press("Model")
	v.see(".drift", "differences to the database")
	v.see(".entity.drifted", "Book")
	v.do("choose the one that differs", chromedp.Evaluate(`document.querySelector('.entity.drifted').dispatchEvent(new MouseEvent('click', {bubbles: true}))`, nil))
	v.see(".details h3", "differs from the database")
	v.see(".details .code", "books")
	var drifted int
	v.do("count", chromedp.Evaluate(`document.querySelectorAll('.entity.drifted').length`, &drifted))
	if drifted != 1 {
		v.t.Errorf("%d entities are marked", drifted)
	}
	v.exec("alter table books drop column extra")
	v.do("filter", chromedp.SendKeys(`.model input:not([type=checkbox])`, "auth"))
	v.see(".entity", "Author")
	var n int
	v.do("count", chromedp.Evaluate(`document.querySelectorAll('.entity').length`, &n))
	if n != 1 {
		v.t.Errorf("%d entities are left by the filter", n)
	}
	v.press("Browse rows")
}

func (v *visitor) data() {
	v.see(".data p", "9 rows")
	v.press("Author")
	v.see(".data p", "3 rows")
	v.do("follow", chromedp.Click(`button[aria-label="books of 1"]`))
	v.see(".data p", "3 rows")
	v.see("td", "Ann's book 1")
	v.press("Tag")
	v.see("td", "travel")
	v.press("New")
	v.do("name", chromedp.SendKeys(`.sheet input`, "history"))
	v.press("Add to the changes")
	v.see(".changes svg.flush text", "insert Tag")
	v.picture("studio-data")
	v.press("Send")
	v.see("td", "history")
	v.see(".advice", "sent")
	v.do("change", chromedp.Click(`//tr[td[contains(., "history")]]//button[.="change"]`, chromedp.BySearch), chromedp.WaitVisible(`.sheet`),
		chromedp.SendKeys(`.sheet input`, " of science"))
	v.press("Add to the changes")
	v.see(".changes svg.flush text", "update Tag")
	v.press("Send")
	v.see("td", "history of science")
	v.do("remove", chromedp.Click(`//tr[td[contains(., "history")]]//button[.="remove"]`, chromedp.BySearch))
	v.see(".changes svg.flush text", "delete Tag")
	v.press("Send")
	v.see(".data p", "3 rows")
}

func (v *visitor) live() {
	v.press("Live")
	v.see("[role=status]", "listening")
	v.do("send", chromedp.Evaluate(`fetch('api/run', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{"entity": "Tag", "count": true}'}).then(() => 1)`, nil))
	v.see(".events", "count(*)")
	v.see("[role=status]", "listening to the application")
	res, err := http.Post(v.application+"/authors/Dora", "", nil)
	if err != nil {
		v.t.Fatal(err)
	}
	res.Body.Close()
	v.see(".request summary", "POST /authors/Dora")
	v.see(".request summary", "POST /authors/{name}")
	v.see(".request summary", "N+1")
	v.see(".request summary", "budget 4")
	v.do("open the request", chromedp.Click(`.request summary`, chromedp.ByQuery))
	v.see(".request .advice", `orm.Populate("books")`)
	v.see(".request .line", "browser/browser_test.go:")
	v.see(".request .line", "the end of the request")
	v.see("svg.flush text", "insert Author")
	var drawn string
	v.do("read the plan", chromedp.Evaluate(`document.querySelector('svg.flush').textContent`, &drawn))
	if !strings.Contains(drawn, "keys of Author") || strings.Contains(drawn, "Secrets") {
		v.t.Errorf("drawn %s", drawn)
	}
	v.picture("studio-live")
	v.press("pause")
	v.see("button", "go on")
}

func (v *visitor) dark() {
	v.do("dark", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: "dark"}}))
	v.press("Playground")
	var colour string
	v.do("colour", chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &colour))
	if colour != "rgb(20, 24, 31)" {
		v.t.Errorf("the dark page is %s", colour)
	}
	var nameless int
	v.do("names", chromedp.Evaluate(`[...document.querySelectorAll('button, input, select, textarea, [role=textbox]')].filter(e => !(e.textContent.trim() || e.getAttribute('aria-label') || e.closest('label'))).length`, &nameless))
	if nameless > 0 {
		v.t.Errorf("%d controls have no name for a screen reader", nameless)
	}
}
