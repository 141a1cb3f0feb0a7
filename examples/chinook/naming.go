package main

import "strings"

// pascal names things as Chinook does: table Album, column UnitPrice, foreign
// key AlbumId, join table PlaylistTrack.
type pascal struct{}

// Table implements naming.Strategy.
func (pascal) Table(entity string) string { return entity }

// Column implements naming.Strategy.
func (pascal) Column(property string) string { return upper(property) }

// JoinColumn implements naming.Strategy.
func (pascal) JoinColumn(property, _ string) string { return upper(property) + "Id" }

// JoinTable implements naming.Strategy.
func (pascal) JoinTable(owner, _, target string) string { return owner + target }

func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
