package weftweb

import (
	"bufio"
	"io"
	"net"
	"net/http"
)

// writer stores the unit before the first byte of an answer.
type writer struct {
	http.ResponseWriter
	unit    *unit
	began   bool  // the header is out, or the connection is somebody else's
	refused error // the unit could not be stored, and the client was told so
}

// Unwrap is for http.ResponseController.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader stores the unit, then writes the header; of a status of 400 and above
// it gives the unit up. Informational headers pass.
func (w *writer) WriteHeader(status int) {
	switch {
	case w.refused != nil:
		return
	case w.began || status < 200 && status != http.StatusSwitchingProtocols:
		w.ResponseWriter.WriteHeader(status)
		return
	}
	err := w.unit.settle(status < 400)
	w.began = true
	if err == nil {
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.refused = err
	w.unit.config.answer(w.ResponseWriter, w.unit.r, err)
}

// Write begins the answer with status 200 when nothing did.
func (w *writer) Write(b []byte) (int, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	if w.refused != nil {
		return 0, w.refused
	}
	return w.ResponseWriter.Write(b)
}

// ReadFrom keeps the fast path of io.Copy.
func (w *writer) ReadFrom(r io.Reader) (int64, error) {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	if w.refused != nil {
		return 0, w.refused
	}
	return io.Copy(w.ResponseWriter, r)
}

// Flush sends what was written, the header at least.
func (w *writer) Flush() { _ = w.FlushError() }

// FlushError is Flush for http.ResponseController.
func (w *writer) FlushError() error {
	if !w.began {
		w.WriteHeader(http.StatusOK)
	}
	if w.refused != nil {
		return w.refused
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

// Hijack stores the unit and hands the connection over.
func (w *writer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if !w.began {
		if err := w.unit.settle(true); err != nil {
			return nil, nil, err
		}
	}
	conn, buffer, err := http.NewResponseController(w.ResponseWriter).Hijack()
	w.began = w.began || err == nil
	return conn, buffer, err
}
