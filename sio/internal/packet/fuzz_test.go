package packet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

// Each target feeds the whole way of a packet: parse, split, elements, write,
// and read again.

// sameJSON says whether two texts hold the same value. Text that the decoder
// refuses for other reasons than syntax (numbers out of range) must be equal.
func sameJSON(a, b []byte) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return bytes.Equal(EscapeLineSeparators(nil, a), EscapeLineSeparators(nil, b))
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func checkError(t *testing.T, err error, in []byte) {
	t.Helper()
	if e, ok := err.(*Error); !ok || e.Offset < 0 || e.Offset > len(in) || e.Reason == "" {
		t.Fatalf("%q: %#v", in, err)
	}
}

func checkArgs(t *testing.T, args Args) {
	t.Helper()
	if !json.Valid([]byte("[" + string(args) + "]")) {
		t.Fatalf("args %q", args)
	}
	var joined []byte
	list := elements(args)
	for i, e := range list {
		if i > 0 {
			joined = append(joined, ',')
		}
		if joined = append(joined, e...); Valid([]byte(e), MaxDepth) != nil {
			t.Fatalf("element %q of %q", e, args)
		}
	}
	if args.Len() != len(list) || !sameJSON([]byte("["+string(joined)+"]"), []byte("["+string(args)+"]")) {
		t.Fatalf("%q: elements %q", args, list)
	}
}

func FuzzParseRev5(f *testing.F) {
	for _, v := range loadRev5(f).Decode {
		if len(v.Text) < 200 {
			f.Add([]byte(v.Text))
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseRev5(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		if len(p.Namespace) == 0 || p.Type > BinaryAck {
			t.Fatalf("%q: %+v", b, p)
		}
		if len(p.Data) > 0 && !json.Valid(p.Data) {
			t.Fatalf("%q: data %q", b, p.Data)
		}
		switch p.Type {
		case Event, BinaryEvent:
			name, numeric, args, err := SplitEvent(p.Data)
			if err != nil || !numeric && Reserved(name) || numeric && !json.Valid(name) {
				t.Fatalf("%q: %q, %v, %v", b, name, numeric, err)
			}
			checkArgs(t, args)
			if !numeric {
				again := AppendEventRev5(nil, string(name), args)
				if Valid(again, MaxDepth) != nil || !sameJSON(again, p.Data) {
					t.Fatalf("%q: event %q", b, again)
				}
			}
		case Ack, BinaryAck:
			args, err := SplitAck(p.Data)
			if err != nil {
				t.Fatalf("%q: %v", b, err)
			}
			checkArgs(t, args)
		}
		out := AppendRev5(nil, &p)
		q, err := ParseRev5(out)
		if err != nil || !equalPackets(p, q) {
			t.Fatalf("%q: %q: %+v, %v, want %+v", b, out, q, err, p)
		}
	})
}

func equalPackets(p, q Packet) bool {
	same := bytes.Equal(p.Namespace, q.Namespace) && bytes.Equal(p.Query, q.Query) && bytes.Equal(p.Data, q.Data)
	p.Namespace, p.Query, p.Data, q.Namespace, q.Query, q.Data = nil, nil, nil, nil, nil, nil
	return same && fmt.Sprint(p) == fmt.Sprint(q)
}

func FuzzParseRev1(f *testing.F) {
	v := loadRev1(f)
	for _, p := range v.Packets {
		f.Add([]byte(p.Encoded))
	}
	for _, p := range v.DecodeOnly {
		f.Add([]byte(p.Encoded))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseRev1(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		if len(p.Namespace) == 0 || bytes.IndexByte(p.Namespace, ':') >= 0 || p.Plus && !p.HasID {
			t.Fatalf("%q: %+v", b, p)
		}
		if (p.Type == JSON || p.Type == Ack && len(p.Data) > 0) && !json.Valid(p.Data) {
			t.Fatalf("%q: data %q", b, p.Data)
		}
		if p.Type == Ack {
			args, err := SplitAck(p.Data)
			if err != nil {
				t.Fatalf("%q: %v", b, err)
			}
			checkArgs(t, args)
		}
		out := AppendRev1(nil, &p)
		q, err := ParseRev1(out)
		if want := normalRev1(p); err != nil || !equalPackets(q, want) {
			t.Fatalf("%q: %q: %+v, %v, want %+v", b, out, q, err, want)
		}
	})
}

// normalRev1 is what is read again after p was written.
func normalRev1(p Packet) Packet {
	switch p.Type {
	case Event:
		p.Plus = p.HasID
		p.Data = EscapeLineSeparators(nil, p.Data)
	case JSON:
		p.Data = EscapeLineSeparators(nil, p.Data)
	case Ack:
		p.HasID = true // an ack without an id is written with 0
		if p.Data = EscapeLineSeparators(nil, p.Data); string(p.Data) == "[]" {
			p.Data = nil
		}
	}
	return p
}

func FuzzSplitRev1Event(f *testing.F) {
	for _, s := range []string{`{"name":"a","args":[1]}`, `{"n\u0061me":1,"x":{},"args":{}}`, `{bad`, `{"name":"a","name":2}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		name, args, err := SplitRev1Event(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		if !json.Valid(b) {
			t.Fatalf("%q accepted", b)
		}
		checkArgs(t, args)
		again, args2, err := SplitRev1Event(AppendEventRev1(nil, string(name), args))
		if err != nil || string(again) != string([]rune(string(name))) {
			t.Fatalf("%q: name %q, then %q, %v", b, name, again, err)
		}
		if !bytes.Equal(args2, EscapeLineSeparators(nil, args)) {
			t.Fatalf("%q: args %q, then %q", b, args, args2)
		}
	})
}

// FuzzUnchecked gives unchecked text to what trusts its input: it must end, and
// stay within the text.
func FuzzUnchecked(f *testing.F) {
	for _, s := range []string{`["a",{"_placeholder":true,"num":0}]`, `["`, `[1`, `{"a":"\`, `:,:{}`, `{"_placeholder":,`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, _, _, err := SplitEvent(b); err != nil {
			checkError(t, err, b)
		}
		args, err := SplitAck(b)
		if err != nil {
			checkError(t, err, b)
		}
		total := 0
		for _, e := range elements(args) {
			total += len(e)
		}
		if total > len(b) || Args(b).Len() > len(b) {
			t.Fatalf("%q: %d bytes of elements", b, total)
		}
		if err := FindPlaceholders(b, 3); err != nil {
			checkError(t, err, b)
		}
		IsPlaceholder(b)
	})
}

// FuzzPlaceholders compares with a plain walk over the decoded value.
func FuzzPlaceholders(f *testing.F) {
	for _, v := range loadRev5(f).Binary {
		f.Add([]byte(v.Text[3:]), uint8(v.Attachments))
	}
	f.Fuzz(func(t *testing.T, b []byte, n uint8) {
		if Valid(b, MaxDepth) != nil {
			return
		}
		args, err := SplitAck(b)
		if err != nil {
			t.Fatal(err)
		}
		calls := 0
		out, err := ReplacePlaceholders(nil, args, func(dst []byte, num int) []byte {
			calls++
			return AppendPlaceholder(dst, num)
		})
		if err != nil {
			checkError(t, err, args)
			if FindPlaceholders(args, 1<<20) == nil {
				t.Fatalf("%q: only ReplacePlaceholders refuses", args)
			}
			return
		}
		if calls == 0 && !bytes.Equal(out, args) || !json.Valid([]byte("["+string(out)+"]")) {
			t.Fatalf("%q: became %q", args, out)
		}
		again, err := ReplacePlaceholders(nil, Args(out), AppendPlaceholder)
		if err != nil || !bytes.Equal(again, out) {
			t.Fatalf("%q: became %q, %v", out, again, err)
		}
		if err := FindPlaceholders(args, int(n)); err == nil && calls > int(n) {
			t.Fatalf("%q: %d placeholders for %d attachments", args, calls, n)
		}
	})
}

// FuzzParseRev4: as protocol 5 but for the query and the data of a
// ConnectError, and what is written is read again.
func FuzzParseRev4(f *testing.F) {
	for _, text := range []string{"0", "0/a?b=c,", "0/a?b=c", `4"no"`, `4/a,{"message":"no"}`, `4["no"]`, `2/a,7["b",1]`, `51-/a,["b",{"_placeholder":true,"num":0}]`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseRev4(b)
		if err != nil {
			checkError(t, err, b)
			return
		}
		q, err := ParseRev5(b)
		if q.SplitQuery(); p.Type != ConnectError && (err != nil || !equalPackets(p, q)) {
			t.Fatalf("%q: %+v, but in protocol 5 %+v, %v", b, p, q, err)
		}
		out := AppendRev4(nil, &p)
		if q, err = ParseRev4(out); err != nil || !equalPackets(p, q) {
			t.Fatalf("%q: %q: %+v, %v, want %+v", b, out, q, err, p)
		}
	})
}
