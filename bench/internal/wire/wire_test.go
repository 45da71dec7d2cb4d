package wire

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/gobwas/ws"
)

// TestFrames has gobwas/ws read what we write, and write what we read.
func TestFrames(t *testing.T) {
	for _, size := range []int{0, 1, 125, 126, 127, 65535, 65536, 70000} {
		payload := bytes.Repeat([]byte("payload"), size/7+1)[:size]
		f, err := ws.ReadFrame(bytes.NewReader(AppendFrame(nil, OpText, size == 126, 0xa1b2c3d4, payload)))
		if err != nil {
			t.Fatal(err)
		}
		if !f.Header.Masked || f.Header.OpCode != ws.OpText || f.Header.Rsv1() != (size == 126) || !bytes.Equal(ws.UnmaskFrame(f).Payload, payload) {
			t.Errorf("size %d: %+v", size, f.Header)
		}
		b := ws.MustCompileFrame(ws.NewBinaryFrame(payload))
		for _, cut := range []int{0, 1, 2, 3, 9, len(b) - 1} {
			if _, n, err := ParseFrame(b[:min(cut, len(b)-1)]); n != 0 || err != nil {
				t.Errorf("size %d cut at %d: %d %v", size, cut, n, err)
			}
		}
		got, n, err := ParseFrame(append(b, "more"...))
		if err != nil || n != len(b) || got.Op != OpBinary || !got.Fin || !bytes.Equal(got.Payload, payload) {
			t.Errorf("size %d: %d %v", size, n, err)
		}
	}
	for _, bad := range []string{"\x81\x80\x00\x00\x00\x00", "\xa1\x00", "\x81\x7f\xff\xff\xff\xff\xff\xff\xff\xff"} {
		if _, _, err := ParseFrame([]byte(bad)); err == nil {
			t.Errorf("%x was taken", bad)
		}
	}
}

func show(p Packet) string {
	return fmt.Sprintf("%d %d %s|%s|%d", p.Kind, p.ID, p.Name, p.Args, p.Bin)
}

func TestPackets(t *testing.T) {
	want := func(k Kind, id int, name, args string, bin int) string {
		return show(Packet{Kind: k, ID: id, Name: []byte(name), Args: []byte(args), Bin: bin})
	}
	for _, c := range []struct {
		proto Proto
		text  string
		want  string
	}{
		{EIO4, `0{"sid":"x"}`, want(Open, -1, "", `{"sid":"x"}`, 0)},
		{EIO4, "2", want(Ping, -1, "", "", 0)}, {EIO4, "3", want(Pong, -1, "", "", 0)}, {EIO4, "6", want(Noop, -1, "", "", 0)}, {EIO4, "1", want(Close, -1, "", "", 0)},
		{EIO4, `40{"sid":"x"}`, want(Connect, -1, "", `{"sid":"x"}`, 0)},
		{EIO4, "41", want(Disconnect, -1, "", "", 0)},
		{EIO4, `42["a"]`, want(Event, -1, "a", "", 0)},
		{EIO4, `42["a",1,[2]]`, want(Event, -1, "a", "1,[2]", 0)},
		{EIO4, `4213["a\"b",1]`, want(Event, 13, `a\"b`, "1", 0)},
		{EIO4, `42/n,13["a",1]`, want(Event, 13, "a", "1", 0)},
		{EIO4, `43/n,7[1]`, want(Ack, 7, "", "1", 0)},
		{EIO4, `437[]`, want(Ack, 7, "", "", 0)},
		{EIO4, "437[true]\n", want(Ack, 7, "", "true", 0)},
		{EIO4, `451-["a",{"_placeholder":true,"num":0}]`, want(Event, -1, "a", `{"_placeholder":true,"num":0}`, 1)},
		{EIO4, `462-/n,3[1]`, want(Ack, 3, "", "1", 2)},
		{EIO4, `44{"message":"no"}`, want(Refused, -1, "", `{"message":"no"}`, 0)},
		{EIO4, "", want(Bad, -1, "", "", 0)}, {EIO4, "9", want(Bad, -1, "", "", 0)}, {EIO4, "4", want(Bad, -1, "", "", 0)}, {EIO4, `42[1]`, want(Bad, -1, "", "", 0)},
		{EIO4, `42["a`, want(Bad, -1, "", "", 0)}, {EIO4, `42["a]`, want(Bad, -1, "", "", 0)}, {EIO4, `45x`, want(Bad, -1, "", "", 0)},
		{Rev1, "1::", want(Connect, -1, "", "", 0)}, {Rev1, "2::", want(Ping, -1, "", "", 0)}, {Rev1, "8::", want(Noop, -1, "", "", 0)}, {Rev1, "0::", want(Close, -1, "", "", 0)},
		{Rev1, `5:::{"name":"a","args":[1,[2]]}`, want(Event, -1, "a", "1,[2]", 0)},
		{Rev1, `5:3+::{"args":[1],"name":"a"}`, want(Event, 3, "a", "1", 0)},
		{Rev1, `5:::{"name":"a"}`, want(Event, -1, "a", "", 0)},
		{Rev1, "6:::4", want(Ack, 4, "", "", 0)},
		{Rev1, `6:::4+["a+b"]`, want(Ack, 4, "", `"a+b"`, 0)},
		{Rev1, "7:::1+0", want(Refused, -1, "", "1+0", 0)},
		{Rev1, "6:::x", want(Bad, -1, "", "", 0)}, {Rev1, "5", want(Bad, -1, "", "", 0)}, {Rev1, "5:::{}", want(Bad, -1, "", "", 0)},
	} {
		if got := show(c.proto.Parse([]byte(c.text))); got != c.want {
			t.Errorf("%v %s: %s, want %s", c.proto, c.text, got, c.want)
		}
	}
}

func TestAppendEvent(t *testing.T) {
	for _, c := range []struct {
		proto   Proto
		id, bin int
		args    string
		want    string
	}{
		{EIO4, -1, 0, "", `42["e"]`}, {EIO4, 3, 0, "1,2", `423["e",1,2]`}, {EIO3, 3, 1, "1", `451-3["e",1]`},
		{Rev1, -1, 0, "", `5:::{"name":"e"}`}, {Rev1, 3, 0, "1,2", `5:3+::{"name":"e","args":[1,2]}`},
	} {
		if got := string(c.proto.AppendEvent(nil, c.id, "e", []byte(c.args), c.bin)); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestPayloads(t *testing.T) {
	packets := []string{`42["a","é😀"]`, "2", `42["z"]`}
	for _, p := range []Proto{EIO4, EIO3, Rev1} {
		var body []byte
		for _, x := range packets {
			body = p.AppendPayload(body, []byte(x), true)
		}
		var got []string
		err := p.SplitPayload(body, func(b []byte, binary bool) bool { got = append(got, string(b)); return !binary })
		if err != nil || strings.Join(got, "|") != strings.Join(packets, "|") {
			t.Errorf("%v: %q %v", p, got, err)
		}
	}
	if one := string(Rev1.AppendPayload(nil, []byte("2::"), false)); one != "2::" {
		t.Error(one)
	}
	for _, p := range []Proto{EIO4, EIO3} {
		body := p.AppendPayload(nil, p.AppendBinaryPacket(nil, []byte{0, 255, 1}), false)
		err := p.SplitPayload(body, func(b []byte, binary bool) bool {
			if !binary || !bytes.Equal(b, []byte{0, 255, 1}) {
				t.Errorf("%v: %x %v", p, b, binary)
			}
			return true
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, bad := range []string{"5:2", "x", "99999999999999999999:2", ":"} {
		if EIO3.SplitPayload([]byte(bad), func([]byte, bool) bool { return true }) == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestResponses(t *testing.T) {
	for _, c := range []struct {
		text, body string
		status     int
		close      bool
	}{
		{"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "ok", 200, false},
		{"HTTP/1.1 400 Bad Request\r\ncontent-length:0\r\nConnection: Close\r\n\r\n", "", 400, true},
		{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n1;x=y\r\nd\r\n0\r\n\r\n", "abcd", 200, false},
		{"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", "", 101, false},
	} {
		for cut := range c.text {
			if _, n, err := ParseResponse([]byte(c.text[:cut])); n != 0 || err != nil {
				t.Errorf("%q: %d %v", c.text[:cut], n, err)
			}
		}
		r, n, err := ParseResponse([]byte(c.text + "HTTP"))
		if err != nil || n != len(c.text) || r.Status != c.status || string(r.Body) != c.body || r.Close != c.close {
			t.Errorf("%q: %+v %d %v", c.text, r, n, err)
		}
	}
	for _, bad := range []string{"HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"} {
		if _, _, err := ParseResponse([]byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// FuzzParse: a server may send anything; no reader of it panics.
func FuzzParse(f *testing.F) {
	for _, s := range []string{`4213["a",1]`, `5:3+::{"args":[1],"name":"a"}`, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n", "\x81\x02ab", "2:b4"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, n, _ := ParseFrame(b)
		_, k, _ := ParseResponse(b)
		if n > len(b) || k > len(b) {
			t.Fatal("more was used than there is")
		}
		for _, p := range []Proto{EIO4, EIO3, Rev1} {
			p.Parse(b)
			_ = p.SplitPayload(b, func([]byte, bool) bool { return true })
		}
	})
}
