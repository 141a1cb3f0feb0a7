package cli

import (
	"context"

	"github.com/weft-orm/weft/cmd/internal/ask"
	"github.com/weft-orm/weft/cmd/internal/compile"
	"github.com/weft-orm/weft/cmd/internal/live"
	"github.com/weft-orm/weft/cmd/internal/render"
	"github.com/weft-orm/weft/driver"
	"github.com/weft-orm/weft/mapper"
)

// print compiles the query and prints it.
func (o *options) print(ctx context.Context) error {
	where, err := o.source()
	if err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	reg, _, err := o.registry(ctx)
	if err != nil {
		return err
	}
	return o.printWith(ctx, reg, where)
}

// check finds mistakes in flags before the package is read, which takes longer.
func (o *options) check() error {
	if _, err := o.output(); err != nil {
		return err
	}
	if _, err := compile.ParseTargets(o.dialect); err != nil {
		return &ask.Mistake{Err: err}
	}
	if o.run && o.dsn == "" {
		return ask.Mistakef("--run needs a database: --dsn")
	}
	return nil
}

// printWith is print with the entities read already.
func (o *options) printWith(ctx context.Context, reg *mapper.Registry, where string) error {
	how, err := o.output()
	if err != nil {
		return err
	}
	targets, err := compile.ParseTargets(o.dialect)
	if err != nil {
		return &ask.Mistake{Err: err}
	}
	var engine driver.Engine
	if o.dsn != "" {
		if engine, err = live.Open(ctx, o.dsn); err != nil {
			return err
		}
		defer engine.Close()
		targets = []string{engine.Caps().Name}
	}
	query := o.query
	query.Where = where
	report, err := query.Report(reg, targets)
	if err != nil {
		return err
	}
	if engine != nil && report.Usable() {
		if err := o.ask(ctx, engine, report); err != nil {
			return err
		}
	}
	if err := o.write(report, how); err != nil {
		return err
	}
	if !report.Usable() {
		return errNowhere
	}
	return nil
}

// ask adds what the database says about the main statement: its plan, or its rows.
func (o *options) ask(ctx context.Context, engine driver.Engine, r *render.Report) (err error) {
	main := r.Targets[0].Steps[0]
	if o.run {
		r.Rows, err = live.Run(ctx, engine, main.Plan)
		return err
	}
	r.Plan, err = live.Explain(ctx, engine, main.Statement)
	return err
}

// output reads the flags about output.
func (o *options) output() (how render.Options, err error) {
	if _, err = ask.Choice("format", o.format, map[string]bool{"text": true, "json": true}); err != nil {
		return how, err
	}
	if how.Inline, err = ask.Choice("params", o.params, map[string]bool{"list": false, "inline": true}); err != nil {
		return how, err
	}
	how.Tree = o.tree
	how.Style, err = o.style()
	return how, err
}

func (o *options) write(r *render.Report, how render.Options) error {
	if o.format == "json" {
		return render.JSON(o.streams.Out, r, how)
	}
	return render.Text(o.streams.Out, r, how)
}
