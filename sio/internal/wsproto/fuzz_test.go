package wsproto

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

const fuzzMax = 300

// FuzzReader gives any input to a reader, of either side, whole and in pieces
// whose sizes cuts has. The answers must be the same, and those of a plain
// reader built on gobwas/ws.
func FuzzReader(f *testing.F) {
	for _, s := range []*script{
		new(script).text("hello").ping("p").binary("\xff").close("\x03\xe8bye"),
		new(script).frame(OpText, false, "é\xc3").ping("p").frame(0, false, "").frame(0, true, "\xa9"),
		new(script).frame(OpBinary, false, "a").close("\x03"),
		new(script).text(string(make([]byte, 301))),
		new(script).frame(OpText, false, string(make([]byte, 200))).frame(0, true, string(make([]byte, 101))),
		new(script).raw("\x82\xfe\x00\x01\x00\x00\x00\x00a").raw("\x89\xfe\x00\x01"),
		new(script).raw("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"),
	} {
		f.Add(s.b, []byte{1, 2, 3}, false)
	}
	f.Add([]byte("\x01\x03Hel\x89\x01p\x80\x02lo\x88\x02\x03\xe8"), []byte{0}, true)
	f.Fuzz(func(t *testing.T, input, cuts []byte, client bool) {
		r := Reader{client: client}
		whole := feed(t, r, fuzzMax, input, all)
		split := feed(t, r, fuzzMax, input, cutsOf(cuts))
		bytewise := feed(t, r, fuzzMax, input, bytewise)
		if !slices.Equal(whole, split) || !slices.Equal(whole, bytewise) {
			t.Fatalf("whole    %q\nsplit    %q\nbytewise %q", whole, split, bytewise)
		}
		compareModel(t, whole, input, client)
	})
}

// cutsOf repeats the sizes in cuts, plus one each.
func cutsOf(cuts []byte) func(left int) int {
	i := 0
	return func(left int) int {
		if len(cuts) == 0 {
			return left
		}
		i++
		return min(int(cuts[i%len(cuts)])+1, left)
	}
}

// compareModel compares with the model, which needs whole frames: where the
// input ends within one, a reader may refuse it already.
func compareModel(t *testing.T, got []string, input []byte, client bool) {
	t.Helper()
	m, whole := runModel(input, client)
	var refused uint16
	if n := len(got); n > 0 {
		refused = codeOf(got[n-1])
		if refused != 0 {
			got = got[:n-1]
		}
	}
	if !slices.Equal(got, m.events) || refused != m.code && (whole || m.code != 0) {
		t.Fatalf("got  %q, code %d\nwant %q, code %d", got, refused, m.events, m.code)
	}
}

// codeOf is the code of an error's event, or 0 for another one.
func codeOf(event string) uint16 {
	for _, e := range []*CloseError{errReservedBits, errReservedOp, errUnmasked, errMasked, errControlLong,
		errControlFragment, errNoMessage, errWantContinuation, errLength, errCloseShort, errCloseCode,
		errCloseReason, errText, errTooBig} {
		if event == errorEvent(e) {
			return e.Code
		}
	}
	return 0
}

// model is a reader without state between frames' parts. code is that of the
// error which ended it, or 0.
type model struct {
	src     *bytes.Reader
	state   ws.State
	message []byte
	kind    Op
	events  []string
	code    uint16
	closed  bool
}

// runModel reads input. whole is false if it ends within a frame, or with a
// header that a reader may refuse before the model has it.
func runModel(input []byte, client bool) (m *model, whole bool) {
	m = &model{src: bytes.NewReader(input), state: ws.StateServerSide}
	if client {
		m.state = ws.StateClientSide
	}
	for m.src.Len() > 0 && !m.closed && m.code == 0 {
		start := input[len(input)-m.src.Len():]
		h, err := ws.ReadHeader(m.src)
		if errors.Is(err, ws.ErrHeaderLengthMSB) {
			m.code = CloseProtocolError
			return m, false
		}
		if err != nil {
			return m, false
		}
		if m.check(h, start[1]); m.code != 0 {
			return m, true
		}
		if h.Length > int64(m.src.Len()) {
			return m, false
		}
		p := make([]byte, h.Length)
		m.src.Read(p)
		if h.Masked {
			for i := range p {
				p[i] ^= h.Mask[i%4]
			}
		}
		m.frame(h, p)
	}
	return m, true
}

func (m *model) check(h ws.Header, second byte) {
	switch {
	case ws.CheckHeader(h, m.state) != nil, h.OpCode.IsControl() && second&bitsLen > maxControl:
		m.code = CloseProtocolError
	case h.OpCode.IsData() && h.Length > int64(fuzzMax-len(m.message)):
		m.code = CloseTooBig
	}
}

func (m *model) frame(h ws.Header, p []byte) {
	if h.OpCode.IsControl() {
		line, code := modelControl(h.OpCode, p)
		if m.code = code; code == 0 {
			m.events = append(m.events, line)
			m.closed = h.OpCode == OpClose
		}
		return
	}
	if h.OpCode != OpContinuation {
		m.kind = h.OpCode
	}
	m.message = append(m.message, p...)
	if m.kind == OpText && (h.Fin && !utf8.Valid(m.message) || !completable(m.message)) {
		m.code = CloseInvalidData
		return
	}
	if m.state = m.state.Set(ws.StateFragmented); h.Fin {
		m.state = m.state.Clear(ws.StateFragmented)
		name := map[Op]string{OpText: "text", OpBinary: "binary"}[m.kind]
		m.events = append(m.events, event(name, m.message))
		m.message = nil
	}
}

func modelControl(op Op, p []byte) (line string, code uint16) {
	switch {
	case op == OpPing:
		return event("ping", p), 0
	case op == OpPong:
		return event("pong", p), 0
	case len(p) == 0:
		return event("close 1005", ""), 0
	case len(p) == 1:
		return "", CloseProtocolError
	}
	n := int(p[0])<<8 | int(p[1])
	switch {
	case n < 1000, 1004 <= n && n <= 1006, 1015 <= n && n <= 2999, n > 4999:
		return "", CloseProtocolError
	case !utf8.Valid(p[2:]):
		return "", CloseInvalidData
	}
	return event(fmt.Sprint("close ", n), p[2:]), 0
}

// FuzzMessages builds fragmented messages out of any payload, which a reader
// must give back whatever the pieces.
func FuzzMessages(f *testing.F) {
	f.Add([]byte("hello é"), []byte{1, 2}, []byte{3}, true)
	f.Add([]byte(""), []byte{}, []byte{}, false)
	f.Add(bytes.Repeat([]byte("😀"), 100), []byte{0, 30, 0}, []byte{0}, true)
	f.Fuzz(func(t *testing.T, payload, fragments, cuts []byte, text bool) {
		kind, name := OpBinary, "binary"
		if text {
			kind, name = OpText, "text"
		}
		var s script
		var pings []string
		rest, op := payload, kind
		for _, n := range fragments {
			part := rest[:min(int(n), len(rest))]
			s.frame(op, false, string(part)).ping(string(part[:min(len(part), maxControl)]))
			pings = append(pings, event("ping", part[:min(len(part), maxControl)]))
			rest, op = rest[len(part):], OpContinuation
		}
		s.frame(op, true, string(rest))
		want := append(pings, event(name, payload))
		got := feed(t, Reader{}, max(len(payload), 1), s.b, cutsOf(cuts))
		if text && !utf8.Valid(payload) {
			if len(got) == 0 || got[len(got)-1] != errorEvent(errText) {
				t.Fatalf("got %q, want an error", got)
			}
			return
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}
