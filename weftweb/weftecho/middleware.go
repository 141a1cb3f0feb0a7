package weftecho

import (
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/weft-orm/weft/orm"
	"github.com/weft-orm/weft/weftweb"
)

// Middleware does what weftweb.Middleware does, with the same options. An error that a
// handler returns is answered here and nothing is stored, but for echo's own
// *echo.HTTPError, which goes on to the error handler of echo. Panics are answered
// here: middleware.Recover is not needed below it.
func Middleware(db *orm.DB, opts ...weftweb.Option) echo.MiddlewareFunc {
	units := weftweb.New(db, opts...)
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			request, response := c.Request(), c.Response()
			below := response.Writer
			err := units.Run(below, request, func(w http.ResponseWriter, r *http.Request) error {
				c.SetRequest(r)
				response.Writer = w
				return next(c)
			})
			c.SetRequest(request)
			response.Writer = below
			if err == nil || response.Committed {
				return nil
			}
			if _, own := errors.AsType[*echo.HTTPError](err); own {
				return err
			}
			units.Answer(response, request, err)
			return nil
		}
	}
}
