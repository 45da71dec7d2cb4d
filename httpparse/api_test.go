package httpparse_test

import (
	"testing"

	"github.com/tornadio/tornadio/internal/publicapi"
)

// TestAPI: the public API is what testdata/api.txt says.
func TestAPI(t *testing.T) { publicapi.Test(t, ".") }
