package httpparse

const versionStart = "HTTP/"

// parseVersion reads "HTTP/1.x" at b[i]. A minor version above 1 is spoken to
// as 1.1 (RFC 9110 section 2.5); another major version is 505.
func (h *Head) parseVersion(b []byte, i int) (int, error) {
	if len(b) >= i+8 && string(b[i:i+8]) == "HTTP/1.1" {
		h.Major, h.Minor = 1, 1
		return i + 8, nil
	}
	return h.parseOtherVersion(b, i)
}

func (h *Head) parseOtherVersion(b []byte, i int) (int, error) {
	for k := range len(versionStart) {
		switch {
		case i+k == len(b):
			return 0, ErrMore
		case b[i+k] != versionStart[k]:
			return 0, fail(400, i+k, "bad HTTP version")
		}
	}
	i += len(versionStart)
	for k, v := range []*uint8{&h.Major, nil, &h.Minor} {
		switch {
		case i+k == len(b):
			return 0, ErrMore
		case v == nil && b[i+k] == '.':
		case v != nil && class[b[i+k]]&isDigit != 0:
			*v = b[i+k] - '0'
		default:
			return 0, fail(400, i+k, "bad HTTP version")
		}
	}
	if h.Major != 1 {
		return 0, fail(505, i, "HTTP version not supported")
	}
	return i + 3, nil
}
