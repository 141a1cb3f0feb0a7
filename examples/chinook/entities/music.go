package entities

// Artist makes albums. Some have none.
type Artist struct {
	ID     int64 `orm:"ArtistId"`
	Name   *string
	Albums []*Album `orm:",mappedBy=Artist"`
}

// Album belongs to an artist.
type Album struct {
	ID     int64 `orm:"AlbumId"`
	Title  string
	Artist *Artist  `orm:",required"`
	Tracks []*Track `orm:",mappedBy=Album"`
}

// Track may stand on an album and in any number of playlists.
type Track struct {
	ID           int64 `orm:"TrackId"`
	Name         string
	Composer     *string
	Milliseconds int64
	Bytes        *int64
	UnitPrice    string `orm:",type=decimal,precision=10,scale=2"`
	Album        *Album
	Genre        *Genre
	MediaType    *MediaType  `orm:",required"`
	Playlists    []*Playlist `orm:",mappedBy=Tracks"`
}

// Genre is a kind of music.
type Genre struct {
	ID   int64 `orm:"GenreId"`
	Name *string
}

// MediaType is a file format.
type MediaType struct {
	ID   int64 `orm:"MediaTypeId"`
	Name *string
}

// Playlist owns the many-to-many relation through PlaylistTrack, whose key is
// made of its two foreign keys.
type Playlist struct {
	ID     int64 `orm:"PlaylistId"`
	Name   *string
	Tracks []*Track
}
