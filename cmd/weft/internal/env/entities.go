package env

import (
	"context"

	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/mapper/gotypes"
	"github.com/weft-orm/weft/naming"
)

// Models returns the directory of the package with the entities.
func (e *Env) Models() (string, error) {
	c, err := e.Config()
	if err != nil {
		return "", err
	}
	return e.setting("models", e.models, c.Models), nil
}

// Naming returns the naming strategy.
func (e *Env) Naming() (naming.Strategy, error) {
	c, err := e.Config()
	if err != nil {
		return nil, err
	}
	s, err := naming.Parse(e.setting("naming", e.naming, c.Naming))
	if err != nil {
		return nil, Mistake(err)
	}
	return s, nil
}

// NamingSet reports that a flag or the configuration names the naming strategy.
func (e *Env) NamingSet() bool {
	c, err := e.Config()
	return e.set("naming") || err == nil && c.Naming != ""
}

// RegistryFor returns the metadata of the entities for a database with limits, nil for none in particular.
func (e *Env) RegistryFor(ctx context.Context, limits *mapper.Limits) (*mapper.Registry, error) {
	if e.Own != nil && e.Own.Registry != nil {
		return e.Own.Registry(limits)
	}
	reg, _, err := e.Source(ctx, limits)
	return reg, err
}

// Source reads the entities from Go source, and tells what they were made of.
func (e *Env) Source(ctx context.Context, limits *mapper.Limits) (*mapper.Registry, *gotypes.Report, error) {
	dir, err := e.Models()
	if err != nil {
		return nil, nil, err
	}
	strategy, err := e.Naming()
	if err != nil {
		return nil, nil, err
	}
	reg, report, err := gotypes.Load(ctx, dir, gotypes.Options{Mapping: mapper.Options{Naming: strategy, Limits: limits}})
	if report != nil {
		for _, u := range report.Unknown {
			e.Notice("%s", u)
		}
	}
	if err != nil {
		return reg, report, err
	}
	more, err := elsewhere(dir, report.Package, reg)
	for _, text := range more {
		e.Notice("%s", text)
	}
	return reg, report, err
}
