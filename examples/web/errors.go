package main

import (
	"errors"
	"net/http"

	"github.com/weft-orm/weft/orm"
)

// errBadRequest is an input that cannot be read.
var errBadRequest = errors.New("bad request")

// status says what an error is to the client. Errors of weft are classes.
func status(err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errBadRequest):
		return http.StatusBadRequest
	case errors.Is(err, orm.ErrNotFound):
		return http.StatusNotFound
	case orm.IsUnique(err, "isbn"), errors.Is(err, orm.ErrOptimisticLock):
		return http.StatusConflict
	default:
		return http.StatusInternalServerError
	}
}
