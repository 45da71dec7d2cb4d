package httpparse

// Field is one field line. The optional white space around the value is cut
// off; inside it every byte is kept (the keys of hixie-76 contain runs of
// spaces that count).
type Field struct{ Name, Value []byte }

// Head is what the heads of requests and responses have in common.
type Head struct {
	// Major and Minor are the version as sent: 1.0, or 1.1 and above.
	Major, Minor uint8
	// Fields in the order sent. The array is used again by the next Parse.
	Fields []Field
	// ContentLength is the announced length of the body, -1 if there is none.
	ContentLength int64
	// Chunked says that the body is chunked.
	Chunked bool
	// Close says that the connection ends after this exchange: it was asked
	// for, or the peer speaks HTTP/1.0 and did not ask to keep it.
	Close bool
	// KeepAlive10 says that the peer speaks HTTP/1.0 and asked to keep the
	// connection; the answer must then say "Connection: keep-alive".
	KeepAlive10 bool
	// Upgrade says that the field Upgrade is there and Connection lists it,
	// in HTTP/1.1 (RFC 9110 section 7.8). Get("Upgrade") says to what.
	Upgrade bool

	seen uint8 // which of the fields below were met
	host []byte
}

// Fields met in a head.
const (
	sawHost uint8 = 1 << iota
	sawLength
	sawCoding    // Transfer-Encoding, any
	sawOther     // a transfer coding other than chunked
	sawClose     // Connection: close
	sawKeepAlive // Connection: keep-alive
	sawUpgrade   // Upgrade
	sawHop       // Connection: upgrade
)

// Get gives the value of the first field of that name, in any case of its
// letters, or nil. An empty value is not nil.
func (h *Head) Get(name string) []byte {
	for i := range h.Fields {
		if f := &h.Fields[i]; EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return nil
}

// Count gives the number of fields of that name.
func (h *Head) Count(name string) (n int) {
	for i := range h.Fields {
		if EqualFold(h.Fields[i].Name, name) {
			n++
		}
	}
	return n
}

// HasToken reports whether the comma-separated lists in all fields of that
// name contain the token, in any case of its letters.
func (h *Head) HasToken(name, token string) bool {
	for i := range h.Fields {
		if f := &h.Fields[i]; EqualFold(f.Name, name) && HasToken(f.Value, token) {
			return true
		}
	}
	return false
}

// parseFields reads field lines from b[i:] up to and with the empty line and
// returns the index behind it.
func (h *Head) parseFields(b []byte, i int, lim *Limits) (int, error) {
	for {
		if i == len(b) {
			return 0, ErrMore
		}
		if b[i] == '\r' {
			return lineEnd(b, i)
		}
		if len(h.Fields) == lim.MaxFields {
			return 0, fail(431, i, "too many fields")
		}
		colon := endOfToken(b, i)
		if colon == len(b) {
			return 0, ErrMore
		}
		if b[colon] != ':' || colon == i {
			return 0, badName(b, i, colon)
		}
		start := colon + 1
		for start < len(b) && (b[start] == ' ' || b[start] == '\t') {
			start++
		}
		end := endOfValue(b, start)
		next, err := lineEnd(b, end)
		if err != nil {
			return 0, err
		}
		for end > start && (b[end-1] == ' ' || b[end-1] == '\t') {
			end--
		}
		f := Field{b[i:colon:colon], b[start:end:end]}
		h.Fields = append(h.Fields, f)
		if err := h.note(f, start); err != nil {
			return 0, err
		}
		i = next
	}
}

// lineEnd expects CRLF at b[i] and returns the index behind it. RFC 9112
// section 2.2 lets a recipient take a bare LF; we don't, since two recipients
// which differ in that can be played against each other.
func lineEnd(b []byte, i int) (int, error) {
	switch {
	case i == len(b):
		return 0, ErrMore
	case b[i] == '\n':
		return 0, fail(400, i, "bare LF")
	case b[i] != '\r':
		return 0, fail(400, i, "control byte")
	case i+1 == len(b):
		return 0, ErrMore
	case b[i+1] != '\n':
		return 0, fail(400, i, "bare CR")
	}
	return i + 2, nil
}

// badName says what is wrong with the line at b[i] whose name ends at b[at].
func badName(b []byte, i, at int) error {
	switch c := b[at]; {
	case at == i && (c == ' ' || c == '\t'): // RFC 9112 section 5.2, and 2.2
		return fail(400, at, "folded line")
	case c == ' ' || c == '\t':
		return fail(400, at, "white space in field name")
	case at == i && c == ':':
		return fail(400, at, "empty field name")
	case c == '\n':
		return fail(400, at, "bare LF")
	case c == '\r':
		return fail(400, at, "field without colon")
	}
	return fail(400, at, "bad byte in field name")
}

// note takes in the fields that decide about framing and connection. at is
// the offset of the value.
func (h *Head) note(f Field, at int) error {
	switch len(f.Name) {
	case len("Host"):
		if EqualFold(f.Name, "host") {
			return h.noteHost(f.Value, at)
		}
	case len("Upgrade"):
		if EqualFold(f.Name, "upgrade") {
			h.seen |= sawUpgrade
		}
	case len("Connection"):
		if EqualFold(f.Name, "connection") {
			h.noteConnection(f.Value)
		}
	case len("Content-Length"):
		if EqualFold(f.Name, "content-length") {
			return h.noteLength(f.Value, at)
		}
	case len("Transfer-Encoding"):
		if EqualFold(f.Name, "transfer-encoding") {
			return h.noteCoding(f.Value, at)
		}
	}
	return nil
}

func (h *Head) noteHost(v []byte, at int) error {
	if h.seen&sawHost != 0 {
		return fail(400, at, "several Host fields")
	}
	h.seen |= sawHost
	h.host = v
	return nil
}

func (h *Head) noteConnection(list []byte) {
	for len(list) > 0 {
		var t []byte
		t, list = NextToken(list)
		switch {
		case EqualFold(t, "close"):
			h.seen |= sawClose
		case EqualFold(t, "keep-alive"):
			h.seen |= sawKeepAlive
		case EqualFold(t, "upgrade"):
			h.seen |= sawHop
		}
	}
}
