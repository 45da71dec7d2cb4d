package httpparse

import "bytes"

// HeadEnd looks for the end of a head in data, of which the first from bytes
// have been looked at before, and returns the index behind the empty line, or
// -1. However a head arrives, the calls together cost linear time.
//
// An empty line after a bare LF ends the search too, so that Parse can refuse
// it at once.
func HeadEnd(data []byte, from int) (end int) {
	i := max(from-2, 0) // the LF before an empty line may have been seen
	for i < len(data) {
		k := bytes.IndexByte(data[i:], '\n')
		if k < 0 {
			return -1
		}
		i += k + 1
		switch {
		case i < len(data) && data[i] == '\n':
			return i + 1
		case i+1 < len(data) && data[i] == '\r' && data[i+1] == '\n':
			return i + 2
		}
	}
	return -1
}
