package planted

// Fault is one thing that can be left out, named for what is wrong then.
type Fault string

// The faults of bringing the views of relations together.
const (
	SyncValues    Fault = "sync: a changed value is not noticed"
	SyncBaselines Fault = "sync: views that met somewhere else are not looked at again"
	SyncSlices    Fault = "sync: plain slices are not looked at"
	SyncUnread    Fault = "sync: an unread view is not a view"
	SyncAgain     Fault = "sync: what was mirrored counts as changed"
	SyncReference Fault = "sync: a changed reference does not move the other side"
	SyncJoined    Fault = "sync: a collection does not move the reference of what joins"
	SyncLeft      Fault = "sync: a collection does not move the reference of what leaves"
	SyncList      Fault = "sync: a plain slice does not move the references of what joins"
	SyncConflict  Fault = "sync: two changed views are not compared"
	SyncSeats     Fault = "sync: two rows may become the one of a one-to-one relation"
	SyncDisplaced Fault = "sync: what a one-to-one relation displaces keeps its reference"
	SyncSeated    Fault = "sync: what has the place beside a target that is not in memory keeps it"
	SyncLinks     Fault = "sync: a link is not carried over to the other side"
	SyncWiped     Fault = "sync: what was replaced unread stays on the other side"
	SyncReach     Fault = "sync: new items of collections are not reached"
	SyncColumns   Fault = "sync: scalars beside a reference do not follow it"
)

// The faults of what is removed with something else.
const (
	OrphanKept    Fault = "orphans: a row that lost its owner stays"
	OrphanLeft    Fault = "orphans: a row that its owner left stays"
	OrphanOwned   Fault = "orphans: other owners are not asked"
	RemoveBefore  Fault = "removal: goes along the edges before"
	RemoveOneStep Fault = "removal: goes one step"
	RemoveItems   Fault = "removal: does not reach items"
)

// The faults of taking back.
const (
	UndoKeys      Fault = "taking back: keys stay"
	UndoValues    Fault = "taking back: values that weft made stay"
	UndoSnapshots Fault = "taking back: snapshots stay"
	UndoStates    Fault = "taking back: states stay"
	UndoViews     Fault = "taking back: mirrored references stay"
	UndoJoined    Fault = "taking back: what joined a mirrored list stays"
	UndoLeft      Fault = "taking back: what left a mirrored list does not return"
	UndoBaselines Fault = "taking back: baselines stay"
	UndoAdded     Fault = "taking back: what was added counts as stored"
	UndoRemoved   Fault = "taking back: what was removed counts as gone"
	UndoWiped     Fault = "taking back: a wipe is forgotten"
	UndoNested    Fault = "taking back: inner scopes stay"
	UndoPlan      Fault = "taking back: a plan stays"
)

// The faults of publication.
const (
	PublishVersion Fault = "publish: versions are not raised in memory"
	PublishChange  Fault = "publish: a written change stays a change"
	PublishLists   Fault = "publish: written links stay changes"
	PublishGone    Fault = "publish: rows that are gone stay in views"
	PublishKey     Fault = "publish: a changed key is not followed"
)

// The faults of planning and execution.
const (
	PlanReferences Fault = "plan: targets do not come first"
	PlanDeletes    Fault = "plan: deleted targets do not come last"
	PlanRing       Fault = "plan: what a ring puts off is not written"
	PlanUnique     Fault = "plan: unique values are not released"
	PlanAgain      Fault = "plan: a released value is not written again"
	PlanKeys       Fault = "plan: new keys of targets are not followed"
	PlanUnsure     Fault = "plan: a link that may be there is taken for new"
	ExecStale      Fault = "execution: counts of versioned rows are not checked"
)
