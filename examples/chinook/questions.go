package main

import (
	"context"
	"fmt"

	"github.com/weft-orm/weft/examples/chinook/entities"
	"github.com/weft-orm/weft/orm"
)

// tracksOf lists the tracks of a playlist by an artist: track, album, genre.
func tracksOf(ctx context.Context, em *orm.EntityManager, playlist, artist string) ([][]string, error) {
	tracks, err := orm.Find[entities.Track](ctx, em,
		orm.M{"playlists.name": playlist, "album.artist.name": artist},
		orm.Populate("album", "genre"), orm.OrderBy("id"))
	if err != nil {
		return nil, err
	}
	rows := make([][]string, len(tracks))
	for i, t := range tracks {
		rows[i] = []string{t.Name, t.Album.Title, text(t.Genre.Name)}
	}
	return rows, nil
}

// customersUnder lists the customers of a country whose support rep reports to
// a manager: name, company, support rep.
func customersUnder(ctx context.Context, em *orm.EntityManager, manager, country string) ([][]string, error) {
	customers, err := orm.Find[entities.Customer](ctx, em,
		orm.M{"supportRep.manager.lastName": manager, "country": country},
		orm.Populate("supportRep"), orm.OrderBy("id"))
	if err != nil {
		return nil, err
	}
	rows := make([][]string, len(customers))
	for i, c := range customers {
		rows[i] = []string{c.FirstName + " " + c.LastName, text(c.Company), c.SupportRep.LastName}
	}
	return rows, nil
}

// artistsWithoutAlbum lists artists that no album belongs to.
func artistsWithoutAlbum(ctx context.Context, em *orm.EntityManager, opts ...orm.FindOption) ([][]string, error) {
	artists, err := orm.Find[entities.Artist](ctx, em, orm.M{"albums": orm.M{"$none": orm.M{}}},
		append(opts, orm.OrderBy("id"))...)
	if err != nil {
		return nil, err
	}
	rows := make([][]string, len(artists))
	for i, a := range artists {
		rows[i] = []string{text(a.Name)}
	}
	return rows, nil
}

// invoicesWith lists the invoices over an amount that contain a track of a
// genre: number, date, total, customer.
func invoicesWith(ctx context.Context, em *orm.EntityManager, amount, genre string) ([][]string, error) {
	invoices, err := orm.Find[entities.Invoice](ctx, em,
		orm.M{"total >": amount, "lines.track.genre.name": genre},
		orm.Populate("customer"), orm.OrderBy("id"))
	if err != nil {
		return nil, err
	}
	rows := make([][]string, len(invoices))
	for i, v := range invoices {
		rows[i] = []string{fmt.Sprint(v.ID), v.InvoiceDate.Format("2006-01-02"), v.Total, v.Customer.FirstName + " " + v.Customer.LastName}
	}
	return rows, nil
}

// moveAndRename moves the first track of an artist from one playlist to another
// and gives the artist a new name. Nothing is written until the flush.
func moveAndRename(ctx context.Context, em *orm.EntityManager, from, to, artist, name string) (*entities.Track, error) {
	track, err := orm.FindOneOrFail[entities.Track](ctx, em, orm.M{"playlists.name": from, "album.artist.name": artist},
		orm.Populate("album.artist"), orm.OrderBy("id"))
	if err != nil {
		return nil, err
	}
	lists, err := orm.Find[entities.Playlist](ctx, em, orm.M{"name": []string{from, to}}, orm.Populate("tracks"))
	if err != nil {
		return nil, err
	}
	for _, list := range lists {
		if text(list.Name) == from {
			list.Tracks = without(list.Tracks, track)
		} else {
			list.Tracks = append(list.Tracks, track)
		}
	}
	track.Album.Artist.Name = &name
	return track, nil
}

func without(tracks []*entities.Track, track *entities.Track) []*entities.Track {
	rest := make([]*entities.Track, 0, len(tracks))
	for _, t := range tracks {
		if t != track {
			rest = append(rest, t)
		}
	}
	return rest
}

// text gives an empty string for NULL.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
