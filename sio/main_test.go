package sio_test

import (
	"testing"

	"github.com/tornadio/tornadio/sio/internal/leftover"
)

func TestMain(m *testing.M) { leftover.Main(m) }
