package faults_test

import (
	"testing"

	"github.com/weft-orm/weft/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }
