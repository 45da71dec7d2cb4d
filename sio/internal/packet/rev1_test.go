package packet

import (
	"reflect"
	"testing"
)

func TestParseRev1(t *testing.T) {
	t.Parallel()
	ns := func(s string) []byte { return []byte(s) }
	for in, want := range map[string]Packet{
		"1::/chat?x=1&y=2":  {Type: Connect, Namespace: ns("/chat"), Query: ns("x=1&y=2")},
		"1::/chat:?x=1":     {Type: Connect, Namespace: ns("/chat"), Query: ns("x=1")},
		"1::/chat?x=1:?y=2": {Type: Connect, Namespace: ns("/chat"), Query: ns("y=2")},
		"1::?x=1":           {Type: Connect, Namespace: ns("/"), Query: ns("x=1")},
		"1:::?x=1":          {Type: Connect, Namespace: ns("/"), Query: ns("x=1")},
		"3::/chat?x=1:a?b":  {Type: Message, Namespace: ns("/chat"), Data: ns("a?b")},
		"3:18446744073709551615+:/a:b:c:": {Type: Message, Namespace: ns("/a"), Data: ns("b:c:"),
			HasID: true, ID: 1<<64 - 1, Plus: true},
		"3:+::a":                       {Type: Message, Namespace: ns("/"), Data: ns("a")},
		"3:007::a":                     {Type: Message, Namespace: ns("/"), Data: ns("a"), HasID: true, ID: 7},
		"2:5+::x":                      {Type: Heartbeat, Namespace: ns("/")},
		"0:1:/a:x":                     {Type: Disconnect, Namespace: ns("/a")},
		"8::":                          {Type: Noop, Namespace: ns("/")},
		"6::/a:12+[\"+\"]":             {Type: Ack, Namespace: ns("/a"), Data: ns(`["+"]`), HasID: true, ID: 12},
		"6:3:/a:12":                    {Type: Ack, Namespace: ns("/a"), HasID: true, ID: 12},
		"6:::12[1]":                    {Type: Ack, Namespace: ns("/"), Data: ns("[1]"), HasID: true, ID: 12},
		"6:::12++[1]":                  {Type: Ack, Namespace: ns("/"), HasID: true, ID: 12},
		"6:::+[1]":                     {Type: Ack, Namespace: ns("/")},
		"6:::99999999999999999999+[1]": {Type: Ack, Namespace: ns("/")},
		"7::/a:+0":                     {Type: ErrorPacket, Namespace: ns("/a"), Advice: AdviceReconnect},
		"7:::2+0":                      {Type: ErrorPacket, Namespace: ns("/"), Reason: ReasonUnauthorized, Advice: AdviceReconnect},
		"7:::3+1":                      {Type: ErrorPacket, Namespace: ns("/")},
	} {
		got, err := ParseRev1([]byte(in))
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		for _, b := range []*[]byte{&got.Data, &got.Query} {
			if len(*b) == 0 {
				*b = nil
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, want %+v", in, got, want)
		}
	}
}

func TestRev1Errors(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Error{
		"3":                         {0, reasonType},
		"3x:":                       {0, reasonType},
		"3:12":                      {4, "malformed message id"},
		"3:12+x::":                  {5, "malformed message id"},
		"3:18446744073709551616::a": {2, "message id out of range"},
		`4::/a:[1,]`:                {9, reasonSyntax},
		`4:::[1`:                    {6, reasonEnd},
	} {
		if _, err := ParseRev1([]byte(in)); err == nil || *err.(*Error) != want {
			t.Errorf("%q: got %v, want %v", in, err, want)
		}
	}
}

func TestAppendRev1(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p    Packet
		want string
	}{
		{Packet{Type: Event, HasID: true, ID: 1, Data: []byte(`{"name":"a"}`)}, `5:1+::{"name":"a"}`},
		{Packet{Type: Message, HasID: true, ID: 1, Data: []byte("a\u2028")}, "3:1::a\u2028"},
		{Packet{Type: Message, HasID: true, ID: 1, Plus: true, Namespace: []byte("/b"), Data: []byte("a")}, "3:1+:/b:a"},
		{Packet{Type: JSON, Data: []byte("\"\u2028\"")}, `4:::"\u2028"`},
		{Packet{Type: Ack, ID: 3, Data: []byte("[\"\u2029\"]")}, `6:::3+["\u2029"]`},
		{Packet{Type: Ack, ID: 3, Namespace: []byte("/b"), Data: []byte("[]")}, "6::/b:3"},
		{Packet{Type: Connect, Namespace: []byte("/b"), Query: []byte("x=1")}, "1::/b:?x=1"},
		{Packet{Type: Disconnect, HasID: true, ID: 1, Namespace: []byte("/"), Data: []byte("x")}, "0::"},
		{Packet{Type: ErrorPacket, Advice: AdviceReconnect}, "7:::+0"},
	} {
		if got := string(AppendRev1([]byte("x"), &c.p)); got != "x"+c.want {
			t.Errorf("got %q, want x%q", got, c.want)
		}
	}
}
