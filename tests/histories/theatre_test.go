package histories_test

import (
	"fmt"
	"slices"
	"strings"
)

// theatre describes the entities of project_test.go, without some types, associations
// ("play.Cast") or views of them ("actor.Plays"), and returns the entities to register.
func theatre(without []string) (p *project, registered []any) {
	all := wholeTheatre()
	left := func(name string) bool { return !slices.Contains(without, name) }
	p = &project{}
	for _, t := range all.types {
		t.views = slices.DeleteFunc(t.views, func(v *view) bool {
			a := v.assoc
			return !left(v.String()) || !left(a.name) || !left(a.left.name) || !left(a.right.name)
		})
		if left(t.name) {
			t.at = len(p.types)
			p.types = append(p.types, t)
		}
	}
	for _, a := range all.assocs {
		if left(a.name) && left(a.left.name) && left(a.right.name) {
			a.at = len(p.assocs)
			p.assocs = append(p.assocs, a)
		}
	}
	for _, v := range all.views {
		if a := v.assoc; slices.Contains(p.assocs, a) {
			if a.views = slices.DeleteFunc(a.views, func(v *view) bool { return !left(v.String()) }); left(v.String()) {
				v.at = len(p.views)
				p.views = append(p.views, v)
			}
		}
	}
	for _, e := range entities() {
		if name := strings.TrimPrefix(fmt.Sprintf("%T", e), "histories_test."); !slices.Contains(without, name) {
			registered = append(registered, e)
		}
	}
	return p, registered
}

func wholeTheatre() *project {
	s := &project{}
	troupes := typed[troupe](s, "troupe").with(number, "H").keyed(text, "Code").with(text, "Name", "Region").with(number, "Rank").uniquely("Region", "Rank")
	plays := typed[play](s, "play").with(number, "H").with(text, "Title").versioned()
	scenes := typed[scene](s, "scene").with(number, "H", "No").with(maybeText, "Text").uniquely("Play", "No")
	cues := typed[cue](s, "cue").with(number, "H").with(text, "Label")
	boards := typed[board](s, "board").with(number, "H").with(text, "Name")
	actors := typed[actor](s, "actor").with(number, "H").with(text, "Name", "Email").with(maybeText, "Phone").
		with(embedded, "Home").with(maybeEmbedded, "Work").uniquely("Email").uniquely("Phone").versioned()
	lockers := typed[locker](s, "locker").with(number, "H").with(text, "Code").uniquely("Code").uniquely("Actor")
	guilds := typed[guild](s, "guild").with(number, "H").with(text, "Name")
	props := typed[prop](s, "prop").with(number, "H").with(text, "Name")
	workshops := typed[workshop](s, "workshop").with(number, "H").with(text, "Name")
	patrons := typed[patron](s, "patron").with(number, "H").with(text, "Name").uniquely("Gift")
	gifts := typed[gift](s, "gift").with(number, "H").with(text, "Name")
	tours := typed[tour](s, "tour").with(number, "H").with(text, "Name")
	stops := typed[stop](s, "stop").with(number, "H").keyed(number, "No").with(text, "Town")
	stops.unique = []group{{[]string{"Tour", "No"}, true}}
	tickets := typed[ticket](s, "ticket").with(number, "H").with(text, "Seat").uniquely("Seat")
	venues := typed[venue](s, "venue").with(number, "H").keyed(number, "ID").with(text, "Name")
	halls := typed[hall](s, "hall").with(number, "H").keyed(number, "N").with(text, "Name")
	halls.unique = []group{{[]string{"Venue", "N"}, true}}
	bookings := typed[booking](s, "booking").with(number, "H").with(text, "Name")
	costumes := typed[costume](s, "costume").with(number, "H").with(text, "Name")
	gowns := typed[gown](s, "gown").extends(costumes).with(maybeNumber, "Size")
	masks := typed[mask](s, "mask").extends(costumes).with(text, "Face")
	vehicles := typed[vehicle](s, "vehicle").with(number, "H").with(text, "Plate").uniquely("Plate")
	trucks := typed[truck](s, "truck").extends(vehicles).with(number, "Load")
	coaches := typed[coach](s, "coach").extends(vehicles).with(number, "Seats")
	followers := typed[follower](s, "follower").with(number, "H").with(text, "Name")
	actors.unique = append(actors.unique, group{names: []string{"Understudy"}})

	s.shows(ownsRef[troupe](s, plays, "Troupe", troupes, follows), "Plays", asCollection)
	s.shows(s.owns(plays, "Prequel", plays, asPointer), "Sequels", asSlice)
	s.shows(s.owns(scenes, "Play", plays, asPointer, required), "Scenes", asCollection, orphans, removes)
	s.shows(s.owns(plays, "Cast", actors, asSlice, manyToMany, ordered), "Plays", asSlice)
	s.owns(plays, "Props", props, asCollection, manyToMany)
	directed := ownsRef[actor](s, plays, "Director", actors)
	s.view(directed, plays, "DirectorID", asScalar, true, nil)
	s.shows(ownsRef[scene](s, cues, "Scene", scenes), "Cues", asSlice, orphans, removes)
	s.shows(ownsRef[board](s, cues, "Board", boards), "Cues", asCollection, orphans, removes)
	s.shows(s.owns(actors, "Understudy", actors, asPointer, single), "UnderstudyOf", asPointer)
	s.shows(ownsRef[actor](s, actors, "Mentor", actors), "Pupils", asCollection)
	held := ownsRef[actor](s, lockers, "Actor", actors, single)
	makeRef[locker](s.shows(held, "Locker", asRef, orphans, removes))
	s.shows(s.owns(actors, "Clubs", guilds, asCollection, manyToMany), "Members", asCollection)
	s.owns(props, "Keeper", actors, asPointer, setNull)
	s.shows(ownsRef[workshop](s, props, "Maker", workshops, required), "Props", asSlice)
	ownsRef[patron](s, workshops, "Sponsor", patrons, removes)
	s.owns(patrons, "Gift", gifts, asPointer, single, orphans, removes)
	s.shows(ownsRef[tour](s, stops, "Tour", tours, inKey), "Stops", asCollection, orphans, removes)
	ownsRef[stop](s, tickets, "Stop", stops, deletes)
	s.owns(tickets, "Host", troupes, asPointer, follows)
	ownsRef[actor](s, tickets, "For", actors, setNull)
	ownsRef[venue](s, halls, "Venue", venues, inKey)
	ownsRef[venue](s, bookings, "Venue", venues, required)
	ownsRef[hall](s, bookings, "Hall", halls)
	s.shows(s.owns(costumes, "Owner", actors, asPointer), "Wardrobe", asCollection)
	s.shows(s.owns(gowns, "Matches", masks, asCollection, manyToMany), "Gowns", asSlice)
	ownsRef[actor](s, trucks, "Driver", actors)
	s.owns(coaches, "Tour", tours, asPointer)
	admired := ownsRef[actor](s, followers, "Idol", actors)
	admired.by = "Email"
	s.shows(admired, "Fans", asSlice)
	return s
}

// entities are those to register.
func entities() []any {
	return []any{troupe{}, play{}, scene{}, cue{}, board{}, actor{}, locker{}, guild{}, prop{}, workshop{}, patron{}, gift{},
		tour{}, stop{}, ticket{}, venue{}, hall{}, booking{}, costume{}, gown{}, mask{}, vehicle{}, truck{}, coach{}, follower{}}
}
