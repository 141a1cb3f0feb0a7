// Package connect makes connectors of the addresses that the examples take.
package connect
