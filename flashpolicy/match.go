package flashpolicy

// Request is what Flash sends, the NUL included: 23 bytes.
const Request = "<policy-file-request/>\x00"

// Verdict is what the first bytes of a connection are.
type Verdict uint8

const (
	// Other is anything but a request for the policy.
	Other Verdict = iota
	// More is the beginning of a request; the rest has not come.
	More
	// Asked is a request. What may follow it means nothing.
	Asked
)

// Match judges the first bytes of a connection. No bytes at all are the
// beginning of a request. However the bytes are split, the verdict on all of
// them is the same, and Other at one moment is Other ever after.
func Match(data []byte) Verdict {
	n := min(len(data), len(Request))
	switch {
	case string(data[:n]) != Request[:n]:
		return Other
	case n < len(Request):
		return More
	}
	return Asked
}
