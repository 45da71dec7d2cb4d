package wsproto

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestReadMessages reads what is allowed; the groups are those of the Autobahn
// test suite.
func TestReadMessages(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("control.", 16)[:125]
	tests := []struct {
		name  string
		input *script
		want  []string
	}{
		{"1 empty text", new(script).text(""), []string{event("text", "")}},
		{"1 empty binary", new(script).binary(""), []string{event("binary", "")}},
		{"2 empty ping", new(script).ping(""), []string{event("ping", "")}},
		{"2 ping of 125", new(script).ping(long), []string{event("ping", long)}},
		{"2 pong unasked", new(script).frame(OpPong, true, "x").text("y"),
			[]string{event("pong", "x"), event("text", "y")}},
		{"2 many pings", new(script).ping("1").ping("2").ping("3"),
			[]string{event("ping", "1"), event("ping", "2"), event("ping", "3")}},
		{"5 two fragments", new(script).frame(OpText, false, "ab").frame(0, true, "cd"),
			[]string{event("text", "abcd")}},
		{"5 ping between", new(script).frame(OpText, false, "ab").ping(long).frame(0, true, "cd"),
			[]string{event("ping", long), event("text", "abcd")}},
		{"5 pings between every", new(script).ping("0").frame(OpBinary, false, "a").ping("1").
			frame(0, false, "b").ping("2").frame(OpPong, true, "3").frame(0, true, "c").ping("4"),
			[]string{event("ping", "0"), event("ping", "1"), event("ping", "2"), event("pong", "3"),
				event("binary", "abc"), event("ping", "4")}},
		{"5 ping after empty fragment", new(script).frame(OpText, false, "").ping("p").frame(0, true, "x"),
			[]string{event("ping", "p"), event("text", "x")}},
		{"6 empty fragments", new(script).frame(OpText, false, "").frame(0, false, "").frame(0, true, ""),
			[]string{event("text", "")}},
		{"6 one full fragment of three", new(script).frame(OpText, false, "").frame(0, false, "x").frame(0, true, ""),
			[]string{event("text", "x")}},
		{"6 binary is not checked", new(script).binary("\xff\xc0"), []string{event("binary", "\xff\xc0")}},
		{"6 binary after text", new(script).frame(OpText, false, "é").frame(0, true, "ä").
			frame(OpBinary, false, "\xff").frame(0, true, "\x80").text("ö"),
			[]string{event("text", "éä"), event("binary", "\xff\x80"), event("text", "ö")}},
		{"7 close without code", new(script).close(""), []string{event("close 1005", "")}},
		{"7 close with reason", new(script).close("\x03\xe8bye é"), []string{event("close 1000", "bye é")}},
		{"7 close of 125", new(script).close("\x03\xe8" + long[:123]), []string{event("close 1000", long[:123])}},
		{"7 close inside message", new(script).frame(OpText, false, "ab").close("\x03\xe9").frame(0, true, "c"),
			[]string{event("close 1001", "")}},
		{"7 after the close", new(script).close("\x03\xe8").text("x").ping("").raw("\xff\xff garbage"),
			[]string{event("close 1000", "")}},
		{"long form of a short length", new(script).raw("\x82\xfe\x00\x01\x00\x00\x00\x00a").
			raw("\x82\xff\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00b"),
			[]string{event("binary", "a"), event("binary", "b")}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := readAll(t, Reader{}, 1000, test.input.b); !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestReadRefused reads what is not allowed, after a good message and followed
// by one which must not be delivered.
func TestReadRefused(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		input *script
		want  *CloseError
	}{
		{"3 rsv1", new(script).raw("\xc1\x80\x00\x00\x00\x00"), errReservedBits},
		{"3 rsv2", new(script).raw("\xa1\x80\x00\x00\x00\x00"), errReservedBits},
		{"3 rsv3", new(script).raw("\x91\x80\x00\x00\x00\x00"), errReservedBits},
		{"3 rsv on a ping", new(script).raw("\xc9\x80\x00\x00\x00\x00"), errReservedBits},
		{"3 rsv on a continuation", new(script).frame(OpText, false, "").raw("\xc0\x80\x00\x00\x00\x00"), errReservedBits},
		{"unmasked", new(script).raw("\x81\x05Hello"), errUnmasked},
		{"unmasked ping", new(script).raw("\x89\x00"), errUnmasked},
		{"2 ping of 126", new(script).ping(strings.Repeat("x", 126)), errControlLong},
		{"2 ping of 65536", new(script).ping(strings.Repeat("x", 65536)), errControlLong},
		{"long form on a ping", new(script).raw("\x89\xfe\x00\x01\x00\x00\x00\x00a"), errControlLong},
		{"5 fragmented ping", new(script).frame(OpPing, false, "a").frame(0, true, "b"), errControlFragment},
		{"5 fragmented pong", new(script).frame(OpPong, false, "a").frame(0, true, "b"), errControlFragment},
		{"7 fragmented close", new(script).frame(OpClose, false, "\x03\xe8"), errControlFragment},
		{"5 continuation of nothing", new(script).frame(0, true, "a"), errNoMessage},
		{"5 unfinished continuation of nothing", new(script).frame(0, false, "a"), errNoMessage},
		{"5 text in a message", new(script).frame(OpText, false, "a").text("b"), errWantContinuation},
		{"5 binary in an empty message", new(script).frame(OpText, false, "").frame(OpBinary, false, "b"), errWantContinuation},
		{"7 close of one byte", new(script).close("\x03"), errCloseShort},
		{"7 close of one byte in a message", new(script).frame(OpText, false, "a").close("\x03"), errCloseShort},
		{"7 close of 126", new(script).close("\x03\xe8" + strings.Repeat("x", 124)), errControlLong},
		{"7 close reason", new(script).close("\x03\xe8\xce\xba\xe1\xbd"), errCloseReason},
		{"length with highest bit", new(script).raw("\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00"), errLength},
		{"length of all bits", new(script).raw("\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff"), errLength},
		{"9 largest length", new(script).raw("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff"), errTooBig},
		{"9 largest length after fragment", new(script).frame(OpText, false, "a").raw("\x80\xff\x7f\xff\xff\xff\xff\xff\xff\xff"), errTooBig},
	}
	for op := Op(3); op <= 15; op++ {
		if op.IsReserved() {
			tests = append(tests, struct {
				name  string
				input *script
				want  *CloseError
			}{fmt.Sprint("4 op ", op), new(script).frame(op, true, ""), errReservedOp})
		}
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			input := new(script).text("before").raw(string(test.input.b)).text("after").b
			got := readAll(t, Reader{}, 1000, input)
			want := []string{event("text", "before"), errorEvent(test.want)}
			if !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

// TestReadAfterEnd: a continuation of a message that has ended.
func TestReadAfterEnd(t *testing.T) {
	t.Parallel()
	for _, kind := range []Op{OpText, OpBinary} {
		for _, input := range []*script{
			new(script).frame(kind, true, "ab").frame(0, true, "c"),
			new(script).frame(kind, false, "a").frame(0, true, "b").frame(0, false, "c"),
		} {
			got := readAll(t, Reader{}, 1000, input.b)
			if len(got) != 2 || got[1] != errorEvent(errNoMessage) {
				t.Errorf("op %d: got %q", kind, got)
			}
		}
	}
}

// TestErrorCodes ties the kinds of errors to what is sent.
func TestErrorCodes(t *testing.T) {
	t.Parallel()
	for want, errs := range map[uint16][]*CloseError{
		1002: {errReservedBits, errReservedOp, errUnmasked, errMasked, errControlLong, errControlFragment,
			errNoMessage, errWantContinuation, errLength, errCloseShort, errCloseCode},
		1007: {errText, errCloseReason},
		1009: {errTooBig},
	} {
		for _, e := range errs {
			if e.Code != want {
				t.Errorf("%v: code %d, want %d", e, e.Code, want)
			}
		}
	}
}

// TestReadEarlyRefusal has headers that are wrong before they are whole.
func TestReadEarlyRefusal(t *testing.T) {
	t.Parallel()
	for input, want := range map[string]*CloseError{
		"\xc1\x80":         errReservedBits,
		"\x83\x80":         errReservedOp,
		"\x81\x05":         errUnmasked,
		"\x89\xfe":         errControlLong,
		"\x09\x80":         errControlFragment,
		"\x80\x80":         errNoMessage,
		"\x82\xfe\x03\xe9": errTooBig, // 1001, without its masking key
		"\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00": errLength,
	} {
		var r Reader
		used, err := r.Read([]byte(input), 1000, &record{})
		if err != error(want) || used != len(input) {
			t.Errorf("%x: used %d, %v; want %v", input, used, err, want)
		}
		for n := range len(input) {
			var r Reader
			if used, err := r.Read([]byte(input[:n]), 1000, &record{}); err != nil || used != 0 {
				t.Errorf("%x: used %d, %v; want to wait", input[:n], used, err)
			}
		}
	}
}

// TestReadCloseCodes tries every code there can be.
func TestReadCloseCodes(t *testing.T) {
	t.Parallel()
	allowed := []uint16{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}
	for code := range 65536 {
		body := binary.BigEndian.AppendUint16(nil, uint16(code))
		want := errorEvent(errCloseCode)
		if slices.Contains(allowed, uint16(code)) || 3000 <= code && code <= 4999 {
			want = event(fmt.Sprint("close ", code), "")
		}
		got := feed(t, Reader{}, 1, new(script).close(string(body)).b, all)
		if len(got) != 1 || got[0] != want {
			t.Fatalf("code %d: got %q, want %q", code, got, want)
		}
	}
}

// TestReadLengths has a payload at each edge of the header's forms, whole,
// fragmented, and through both kinds of readers.
func TestReadLengths(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 2, 3, 4, 124, 125, 126, 127, 128, 511, 512, 513, 65535, 65536, 65537} {
		p := strings.Repeat("0123456789abcdefé", n/18+1)[:n]
		want := []string{event("binary", p)}
		half := n / 2
		for name, input := range map[string]*script{
			"whole":     new(script).binary(p),
			"fragments": new(script).frame(OpBinary, false, p[:half]).frame(0, true, p[half:]),
		} {
			if got := readAll(t, Reader{}, max(n, 1), input.b); !slices.Equal(got, want) {
				t.Errorf("%d bytes, %s: got %q", n, name, got)
			}
		}
		if got := readAll(t, NewClientReader(), max(n, 1), AppendFrame(nil, OpBinary, []byte(p))); !slices.Equal(got, want) {
			t.Errorf("%d bytes from a server: got %q", n, got)
		}
	}
}

// TestReadLimit has messages below, at and above the limit.
func TestReadLimit(t *testing.T) {
	t.Parallel()
	for _, limit := range []int{1, 125, 126, 1000, 65536} {
		for _, n := range []int{limit - 1, limit, limit + 1} {
			p := strings.Repeat("x", n)
			want := []string{event("text", p)}
			if n > limit {
				want = []string{errorEvent(errTooBig)}
			}
			a, b := p[:n/3], p[n/3:2*n/3]
			for name, input := range map[string]*script{
				"whole":      new(script).text(p),
				"fragments":  new(script).frame(OpText, false, a).frame(0, false, b).frame(0, true, p[2*n/3:]),
				"last empty": new(script).frame(OpText, false, p).frame(0, true, ""),
			} {
				if got := readAll(t, Reader{}, limit, input.b); !slices.Equal(got, want) {
					t.Errorf("limit %d, %d bytes, %s: got %q", limit, n, name, got)
				}
			}
		}
	}
}

// TestReadLimitSparesControl: the limit is one of messages. A control frame is
// bounded by itself, and does not count among the fragments.
func TestReadLimitSparesControl(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("p", 125)
	input := new(script).ping(long).frame(OpText, false, "ab").ping(long).frame(0, true, "cd")
	want := []string{event("ping", long), event("ping", long), event("text", "abcd")}
	if got := readAll(t, Reader{}, 4, input.b); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestReadLimitShrinks: a caller may lower the limit under what is gathered.
func TestReadLimitShrinks(t *testing.T) {
	t.Parallel()
	var r Reader
	var s record
	if _, err := r.Read(new(script).frame(OpText, false, "abcdef").b, 6, &s); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(new(script).frame(0, true, "").b, 3, &s); err != error(errTooBig) {
		t.Errorf("got %v, want %v", err, errTooBig)
	}
}
