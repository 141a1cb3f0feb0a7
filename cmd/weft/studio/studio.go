package studio

import (
	"crypto/rand"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"

	"github.com/weft-orm/weft/orm"
)

// Options configure a studio.
type Options struct {
	// Token must be in the page's address; "" makes one. See [Studio.Token].
	Token string
	// Write allows changes of rows through the unit of work.
	Write bool
	// Hosts are the names under which the page may be asked for beside localhost and
	// loopback addresses; a request for another host is refused.
	Hosts []string
	// Database is shown in the head of the page, such as an address without its password.
	Database string
	// Live is the address of a weftweb.Debug, with its token: the requests of an application
	// that is running are shown beside what the studio itself sends. "" is for none.
	Live string
	// Package is the import path of the entities, for the Go code that is shown.
	Package string
}

// Studio is the page and what it asks for. It is safe for concurrent use.
type Studio struct {
	db    *orm.DB
	trace *Trace
	opts  Options
	mux   *http.ServeMux
	page  fs.FS
}

//go:embed assets
var assets embed.FS

// New makes the studio of a database that was opened with trace's option. The caller closes db.
func New(db *orm.DB, trace *Trace, opts Options) (*Studio, error) {
	if db == nil || trace == nil {
		return nil, errors.New("studio: a database and its trace are required")
	}
	if err := checkLive(opts.Live); err != nil {
		return nil, err
	}
	if opts.Token == "" {
		opts.Token = rand.Text()
	}
	page, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	s := &Studio{db: db, trace: trace, opts: opts, mux: http.NewServeMux(), page: page}
	s.routes()
	return s, nil
}

// Token is what the address of the page must hold: /?token=TOKEN.
func (s *Studio) Token() string { return s.opts.Token }

// ServeHTTP implements http.Handler.
func (s *Studio) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refused := s.guard(w, r); refused != nil {
		http.Error(w, refused.Reason, refused.Status)
		return
	}
	s.mux.ServeHTTP(w, r)
}

// routes lists what the page can ask for.
func (s *Studio) routes() {
	s.mux.Handle("GET /", http.FileServerFS(s.page))
	s.mux.HandleFunc("GET /api/model", answer(s.model))
	s.mux.HandleFunc("GET /api/drift", answer(s.drift))
	s.mux.HandleFunc("GET /api/live", s.live)
	s.mux.HandleFunc("POST /api/compile", answer(s.compile))
	s.mux.HandleFunc("POST /api/complete", answer(s.complete))
	s.mux.HandleFunc("POST /api/run", answer(s.run))
	s.mux.HandleFunc("POST /api/compare", answer(s.compare))
	s.mux.HandleFunc("POST /api/explain", answer(s.explain))
	s.mux.HandleFunc("POST /api/browse", answer(s.browse))
	s.mux.HandleFunc("POST /api/plan", answer(s.plan))
	s.mux.HandleFunc("POST /api/flush", answer(s.flush))
}

// maxBody bounds a request.
const maxBody = 1 << 20

// answer makes a handler of a function from the request's document to the answer's.
func answer[In, Out any](do func(r *http.Request, in *In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in := new(In)
		if r.Method == http.MethodPost {
			dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
			dec.UseNumber()
			dec.DisallowUnknownFields()
			if err := dec.Decode(in); err != nil && !errors.Is(err, io.EOF) {
				write(w, http.StatusBadRequest, problemOf(err))
				return
			}
		}
		out, err := do(r, in)
		if err != nil {
			write(w, statusOf(err), problemOf(err))
			return
		}
		write(w, http.StatusOK, out)
	}
}

func write(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"message":"the answer cannot be written as JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(text)
}
