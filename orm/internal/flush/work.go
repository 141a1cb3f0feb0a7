package flush

import (
	"context"
	"slices"
	"time"

	"github.com/weft-orm/weft/internal/slot"
	"github.com/weft-orm/weft/mapper"
	"github.com/weft-orm/weft/orm/internal/changeset"
	"github.com/weft-orm/weft/orm/internal/constraint"
	"github.com/weft-orm/weft/orm/internal/exec"
	"github.com/weft-orm/weft/orm/internal/plan"
	"github.com/weft-orm/weft/orm/internal/unit"
)

// Loader reads what a flush must know.
type Loader interface {
	// Entity reads the row of a referenced entity; found is false when there is none.
	Entity(ctx context.Context, m *unit.Managed) (found bool, err error)
	// Relation reads the target or the items of a relation that are not known, and keeps
	// what the user changed.
	Relation(ctx context.Context, m *unit.Managed, p *mapper.Property) error
	// Items reads the items a collection has in the database and leaves the collection alone.
	Items(ctx context.Context, m *unit.Managed, p *mapper.Property) ([]*unit.Managed, error)
	// Leaves reads properties of an entity that was read in part.
	Leaves(ctx context.Context, m *unit.Managed, leaves []*mapper.Property) error
}

// Finder reads what is stored around the entities of a flush.
type Finder interface {
	// Hides reports that a filter may hide rows of an entity from what a Loader reads.
	Hides(e *mapper.Entity) (bool, error)
	// Positions reads the stored places of the items of an ordered relation.
	Positions(ctx context.Context, m *unit.Managed, p *mapper.Property) ([]unit.Position, error)
	// Row is Loader.Entity for rows that are about to lead elsewhere, which filters do not hide.
	Row(ctx context.Context, m *unit.Managed) (found bool, err error)
	// Referring reads the rows whose reference leads to one of the targets in the database,
	// those included that filters hide.
	Referring(ctx context.Context, p *mapper.Property, targets []*unit.Managed) ([]*unit.Managed, error)
}

// Work is what one flush is about, from preparation to publication.
type Work struct {
	Unit   *unit.Unit
	Model  *constraint.Model
	Loader Loader
	Finder Finder
	// Enforced reports that the database itself empties references to rows that are gone.
	Enforced bool
	// OwnReferences reports an engine that changes no key to which a row of its own table refers
	// (driver.Caps.OwnReferences), whatever onUpdate says.
	OwnReferences bool
	// KeyArrays reports an engine that keeps links in arrays of their owners (driver.Caps.KeyArrays).
	KeyArrays bool
	// Engine is the engine's name, for what it says where it is not enforced.
	Engine string
	// Now is the time for versions.
	Now time.Time
	// Changes are the changes of rows, Links those of many-to-many relations.
	Changes []*changeset.Change
	Links   []*changeset.LinkChange
	// Carried are rows that get other keys with those that they refer to, and no change of their own.
	Carried []plan.Carried
	// Gone are entities that turned out to have no row, and leave the unit with the error of the flush.
	Gone []*unit.Managed
	// Outcome is what the database answered.
	Outcome *exec.Outcome

	synced unit.Synced
	// removed are the entities to remove, by the user or with something else, in the order they
	// were found. They are marked (unit.Managed.Goes).
	removed []*unit.Managed
	// hard are those of them whose rows are deleted although their type has softDelete.
	hard map[*unit.Managed]bool
	// led are the rows that references with orphan removal lead to, while orphans are looked for.
	led map[*slot.Entry]bool
	// followed are the removed entities whose followers were read.
	followed map[*unit.Managed]bool
	// sought are the places beside targets that are not in memory of which is known who has them.
	sought map[seat]bool
	// holders are the rows that were read because they may keep one of those.
	holders []holder
	// bereft are the rows that are written with a reference to a row that is deleted.
	bereft []holder
	// found are the changes there may be, by ordinal.
	found    []*changeset.Change
	keys     map[*unit.Managed]any // of stored entities whose key changes
	carrying *unit.Carrying        // what else has other keys then, nil while none changes
	// wanted are the entities that were persisted while their rows were deleted.
	wanted []*unit.Managed
	frozen []*unit.Frozen   // the entities as they were written, by change
	lists  unit.FrozenLists // and the collections
}

// Empty reports that there is nothing to write.
func (w *Work) Empty() bool { return len(w.Changes) == 0 && len(w.Links) == 0 }

// insert returns the change that inserts a new row, nil for one that is not inserted. New
// rows mostly follow each other, so that one tells where the others are.
func (w *Work) insert(m *unit.Managed) *changeset.Change {
	if len(w.found) == 0 {
		return nil
	}
	at := m.Ordinal() - w.found[0].Ordinal
	if at < 0 || at >= len(w.found) || w.found[at].Ordinal != m.Ordinal() {
		at, _ = slices.BinarySearchFunc(w.found, m.Ordinal(), func(c *changeset.Change, ordinal int) int { return c.Ordinal - ordinal })
	}
	if at < len(w.found) && w.found[at].Kind == changeset.Insert && w.At(w.found[at]) == m {
		return w.found[at]
	}
	return nil
}

// At returns the entity a change is about.
func (w *Work) At(c *changeset.Change) *unit.Managed { return w.Unit.At(c.Ordinal) }
