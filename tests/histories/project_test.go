package histories_test

import (
	"github.com/weft-orm/weft/rel"
)

// The project that random histories are about: a theatre. Every entity has a number
// of its own, H, by which the model knows it whatever keys the database makes.
type (
	// troupe has a natural key, which the key of its plays follows, and a place that is
	// unique by two properties.
	troupe struct {
		Code   string `orm:",pk,length=20"`
		H      int
		Name   string
		Region string               `orm:",unique=place,length=20"`
		Rank   int                  `orm:",unique=place"`
		Plays  rel.Collection[play] `orm:",mappedBy=Troupe"`
	}

	// play has a Ref, plain pointers to its own kind, parts that go with it, an ordered
	// many-to-many in a plain slice, one without an inverse side, and a scalar beside a Ref.
	play struct {
		ID         int64
		H          int
		Title      string
		Troupe     rel.Ref[troupe] `orm:",onUpdate=cascade"`
		Prequel    *play
		Sequels    []*play               `orm:",mappedBy=Prequel"`
		Scenes     rel.Collection[scene] `orm:",mappedBy=Play,orphanRemoval,cascade=persist|remove"`
		Cast       []*actor              `orm:",ordered"`
		Props      rel.Collection[prop]
		DirectorID *int64
		Director   rel.Ref[actor] `orm:",fk=DirectorID"`
		Version    int            `orm:",version"`
	}

	// scene is a part that must have its owner, numbered within it, a Collection there and a pointer here.
	scene struct {
		ID   int64
		H    int
		Play *play `orm:",required,unique=numbered"`
		No   int   `orm:",unique=numbered"`
		Text *string
		Cues []*cue `orm:",mappedBy=Scene,orphanRemoval,cascade=persist|remove"`
	}

	// cue has two owners that remove orphans.
	cue struct {
		ID    int64
		H     int
		Label string
		Scene rel.Ref[scene]
		Board rel.Ref[board]
	}
	board struct {
		ID   int64
		H    int
		Name string
		Cues rel.Collection[cue] `orm:",mappedBy=Board,orphanRemoval,cascade=persist|remove"`
	}

	// actor has unique values, references to its own kind of two sorts, both inverse
	// sides of one-to-one relations, many-to-many in all styles, embedded values and a version.
	actor struct {
		ID           int64
		H            int
		Name         string
		Email        string  `orm:",unique,length=40"`
		Phone        *string `orm:",unique,length=40"`
		Home         address
		Work         *address `orm:",prefix=work_"`
		Understudy   *actor   `orm:",oneToOne"`
		UnderstudyOf *actor   `orm:",oneToOne,mappedBy=Understudy"`
		Mentor       rel.Ref[actor]
		Pupils       rel.Collection[actor]    `orm:",mappedBy=Mentor"`
		Locker       rel.Ref[locker]          `orm:",oneToOne,mappedBy=Actor,orphanRemoval,cascade=persist|remove"`
		Plays        []*play                  `orm:",mappedBy=Cast"`
		Clubs        rel.Collection[guild]    `orm:",orderBy=id"`
		Wardrobe     rel.Collection[costume]  `orm:",mappedBy=Owner"`
		Fans         []*follower              `orm:",mappedBy=Idol"`
		Loud         rel.Collection[follower] `orm:",mappedBy=Idol,where={\"name\": \"N1\"}"`
		Version      int                      `orm:",version"`
	}
	// follower refers to an actor by what is unique of it, which may change.
	follower struct {
		ID   int64
		H    int
		Name string
		Idol rel.Ref[actor] `orm:",references=email,onUpdate=cascade"`
	}
	address struct {
		Street string
		City   string
	}
	locker struct {
		ID    int64
		H     int
		Code  string         `orm:",unique,length=20"`
		Actor rel.Ref[actor] `orm:",oneToOne"`
	}
	guild struct {
		ID      int64
		H       int
		Name    string
		Members rel.Collection[actor] `orm:",mappedBy=Clubs"`
	}

	// prop is emptied by the database when its keeper goes.
	prop struct {
		ID     int64
		H      int
		Name   string
		Keeper *actor            `orm:",onDelete=set null"`
		Maker  rel.Ref[workshop] `orm:",required"`
	}
	workshop struct {
		ID      int64
		H       int
		Name    string
		Props   []*prop         `orm:",mappedBy=Maker"`
		Sponsor rel.Ref[patron] `orm:",cascade=all"`
	}
	patron struct {
		ID   int64
		H    int
		Name string
		Gift *gift `orm:",oneToOne,orphanRemoval,cascade=all"`
	}
	gift struct {
		ID   int64
		H    int
		Name string
	}

	// stop has a reference in its key.
	tour struct {
		ID    int64
		H     int
		Name  string
		Stops rel.Collection[stop] `orm:",mappedBy=Tour,orphanRemoval,cascade=persist|remove"`
	}
	stop struct {
		Tour rel.Ref[tour] `orm:",pk"`
		No   int           `orm:",pk"`
		H    int
		Town string
	}
	// ticket refers to a key of two columns, and goes when the row it refers to does.
	ticket struct {
		ID   int64
		H    int
		Seat string         `orm:",unique,length=20"`
		Stop rel.Ref[stop]  `orm:",onDelete=cascade"`
		Host *troupe        `orm:",onUpdate=cascade"`
		For  rel.Ref[actor] `orm:",onDelete=set null"`
	}

	// A hall's key holds its venue's as a scalar; a booking shares that column between two references.
	venue struct {
		ID   int64 `orm:",pk,assigned"`
		H    int
		Name string
	}
	hall struct {
		VenueID int64 `orm:",pk"`
		N       int64 `orm:",pk"`
		H       int
		Name    string
		Venue   rel.Ref[venue] `orm:",fk=VenueID"`
	}
	booking struct {
		ID    int64
		H     int
		Name  string
		VID   int64
		N     *int64
		Venue rel.Ref[venue] `orm:",fk=VID"`
		Hall  rel.Ref[hall]  `orm:",fk=VID|N"`
	}

	// costumes stand in one table.
	costume struct {
		_     struct{} `orm:"inheritance=single,discriminator=kind"`
		ID    int64
		H     int
		Name  string
		Owner *actor
	}
	gown struct {
		costume
		Size    *int
		Matches rel.Collection[mask]
	}
	mask struct {
		costume
		Face  string
		Gowns []*gown `orm:",mappedBy=Matches"`
	}

	// vehicles have a table for each type.
	vehicle struct {
		_     struct{} `orm:"inheritance=joined"`
		ID    int64
		H     int
		Plate string `orm:",unique,length=20"`
	}
	truck struct {
		vehicle
		Load   int
		Driver rel.Ref[actor]
	}
	coach struct {
		vehicle
		Seats int
		Tour  *tour
	}
)
