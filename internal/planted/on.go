//go:build planted

package planted

// Current is the fault that is planted, "" for none. It is set between histories only.
var Current Fault

// Is reports that a fault is planted.
func Is(f Fault) bool { return f == Current }

// All are the faults, in the order of a flush.
var All = []Fault{
	SyncValues, SyncBaselines, SyncSlices, SyncUnread, SyncAgain, SyncReference, SyncJoined, SyncLeft, SyncList, SyncConflict, SyncSeats,
	SyncDisplaced, SyncSeated, SyncLinks, SyncWiped, SyncReach, SyncColumns,
	OrphanKept, OrphanLeft, OrphanOwned, RemoveBefore, RemoveOneStep, RemoveItems,
	PlanReferences, PlanDeletes, PlanRing, PlanUnique, PlanAgain, PlanKeys, PlanUnsure, ExecStale,
	PublishVersion, PublishChange, PublishLists, PublishGone, PublishKey,
	UndoKeys, UndoValues, UndoSnapshots, UndoStates, UndoViews, UndoJoined, UndoLeft, UndoBaselines, UndoAdded, UndoRemoved, UndoWiped,
	UndoNested, UndoPlan,
}

// Built reports the tag.
const Built = true
