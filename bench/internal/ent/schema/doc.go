// Package schema describes the tables of the contest for ent.
package schema
