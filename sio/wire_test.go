package sio

import (
	"testing"

	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/wsproto"
)

func TestWireForms(t *testing.T) {
	mustArgs := func(args ...any) encoded {
		e, err := encodeArgs(nil, nil, args)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	tests := []struct {
		name       string
		o          outgoing
		ns         string
		rev1, rev5 string
	}{
		{"event", outgoing{kind: outEvent, event: "say", encoded: mustArgs("hi", 2)}, "/",
			`5:::{"name":"say","args":["hi",2]}`, `42["say","hi",2]`},
		{"event without arguments", outgoing{kind: outEvent, event: "go"}, "/chat",
			`5::/chat:{"name":"go"}`, `42/chat,["go"]`},
		{"event that asks", outgoing{kind: outEvent, event: "q", hasID: true, id: 3}, "/",
			`5:3+::{"name":"q"}`, `423["q"]`},
		{"text", outgoing{kind: outText, encoded: mustArgs("a:b\n")}, "/", "3:::a:b\n", `42["message","a:b\n"]`},
		{"json", outgoing{kind: outJSON, encoded: mustArgs(map[string]int{"a": 1})}, "/chat",
			`4::/chat:{"a":1}`, `42/chat,["message",{"a":1}]`},
		{"ack", outgoing{kind: outAck, hasID: true, id: 7, encoded: mustArgs("x")}, "/", `6:::7+["x"]`, `437["x"]`},
		{"empty ack", outgoing{kind: outAck, hasID: true, id: 7}, "/chat", `6::/chat:7`, `43/chat,7[]`},
		{"leave", outgoing{kind: outLeave}, "/chat", `0::/chat`, `41/chat,`},
		{"line separators", outgoing{kind: outEvent, event: "e", encoded: mustArgs("\u2028\u2029")}, "/",
			`5:::{"name":"e","args":["\u2028\u2029"]}`, `42["e","\u2028\u2029"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for rev, want := range map[session.Rev]string{session.Rev1: tt.rev1, session.Rev4: tt.rev5} {
				ms, err := tt.o.encode(rev, tt.ns)
				if err != nil || len(ms) != 1 {
					t.Fatalf("revision %d: %d messages, error %v", rev, len(ms), err)
				}
				if got := string(ms[0].Payload()); got != want {
					t.Errorf("revision %d\n got %s\nwant %s", rev, got, want)
				}
				frame := wsproto.AppendFrame(nil, wsproto.OpText, []byte(want))
				if got := ms[0].Buf.Bytes()[ms[0].Frame:]; string(got) != string(frame) {
					t.Errorf("revision %d: frame %q, want %q", rev, got, frame)
				}
			}
		})
	}
}

func TestWireBinary(t *testing.T) {
	e, err := encodeArgs(nil, nil, []any{[]byte("AB"), "t", []byte("C")})
	if err != nil {
		t.Fatal(err)
	}
	o := outgoing{kind: outEvent, event: "pic", encoded: e, hasID: true, id: 4}
	ms, err := o.encode(session.Rev4, "/chat")
	if err != nil || len(ms) != 3 {
		t.Fatalf("%d messages, error %v", len(ms), err)
	}
	want := []string{`452-/chat,4["pic",{"_placeholder":true,"num":0},"t",{"_placeholder":true,"num":1}]`, "AB", "C"}
	for i, m := range ms {
		if string(m.Payload()) != want[i] || m.Binary != (i > 0) {
			t.Errorf("message %d: %q binary %v, want %q", i, m.Payload(), m.Binary, want[i])
		}
	}
	if _, err := o.encode(session.Rev1, "/chat"); err != ErrBinary {
		t.Errorf("revision 1: error %v, want ErrBinary", err)
	}
}
