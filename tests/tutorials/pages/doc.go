// Package pages is where the blocks of the pages stand while they are tested: the test of
// package tutorials lays them over this folder.
package pages
