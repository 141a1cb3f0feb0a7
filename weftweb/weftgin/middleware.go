package weftgin

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// Middleware does what weftweb.Middleware does, with the same options. Besides, an error that a
// handler leaves by c.Error without having answered is answered like one that is
// returned elsewhere, and nothing is stored. Panics are answered here: gin.Recovery is
// not needed below it.
func Middleware(db *orm.DB, opts ...weftweb.Option) gin.HandlerFunc {
	units := weftweb.New(db, opts...)
	return func(c *gin.Context) {
		request, below := c.Request, c.Writer
		err := units.Run(below, request, func(w http.ResponseWriter, r *http.Request) error {
			c.Request, c.Writer = r, &writer{ResponseWriter: below, stored: w}
			c.Next()
			if last := c.Errors.Last(); last != nil && !below.Written() {
				return last.Err
			}
			c.Writer.WriteHeaderNow() // the status set without a body
			return nil
		})
		c.Request, c.Writer = request, below
		if err != nil {
			c.Abort()
			units.Answer(below, request, err)
		}
	}
}

// writer is gin's writer that stores the unit before the first byte.
type writer struct {
	gin.ResponseWriter
	stored http.ResponseWriter
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.stored }

// WriteHeaderNow stores the unit, then writes the header with the status that was set.
func (w *writer) WriteHeaderNow() {
	if !w.Written() {
		w.stored.WriteHeader(w.Status())
		w.ResponseWriter.WriteHeaderNow()
	}
}

// Write begins the answer when nothing did.
func (w *writer) Write(b []byte) (int, error) {
	w.WriteHeaderNow()
	return w.stored.Write(b)
}

// WriteString is Write of a text.
func (w *writer) WriteString(s string) (int, error) { return w.Write([]byte(s)) }

// Flush sends what was written, the header at least.
func (w *writer) Flush() {
	w.WriteHeaderNow()
	w.ResponseWriter.Flush()
}
