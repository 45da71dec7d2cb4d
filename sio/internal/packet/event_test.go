package packet

import (
	"reflect"
	"strings"
	"testing"
)

func elements(a Args) []string {
	var list []string
	for {
		elem, rest, ok := a.Next()
		if !ok {
			return list
		}
		list = append(list, string(elem))
		a = rest
	}
}

func TestArgsNext(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                          nil,
		"  ":                        nil,
		"1":                         {"1"},
		`1,"a,b",[2,[3]],{"c":[4]}`: {"1", `"a,b"`, "[2,[3]]", `{"c":[4]}`},
		` 1 , "a" ,` + "\n[ 2 ]\t":  {"1", `"a"`, "[ 2 ]"},
		`"]","\"}","\\",{"}":"{"}`:  {`"]"`, `"\"}"`, `"\\"`, `{"}":"{"}`},
		`null,true,-1.5e3,[],{},""`: {"null", "true", "-1.5e3", "[]", "{}", `""`},
	} {
		if got := elements(Args(in)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if got := Args(in).Len(); got != len(want) {
			t.Errorf("%q: length %d, want %d", in, got, len(want))
		}
	}
}

func TestSplitEvent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, name, args string
		numeric        bool
	}{
		{`["a"]`, "a", "", false},
		{`["a",1]`, "a", "1", false},
		{`[ "a" , {"b":1} , 2 ] `, "a", `{"b":1} , 2`, false},
		{`["\u00e9\"",1]`, `é"`, "1", false},
		{`["",""]`, "", `""`, false},
		{`[5]`, "5", "", true},
		{`[-1.5e3,1]`, "-1.5e3", "1", true},
	} {
		name, numeric, args, err := SplitEvent([]byte(c.in))
		if err != nil || string(name) != c.name || string(args) != c.args || numeric != c.numeric {
			t.Errorf("%s: got %q, %v, %q, %v", c.in, name, numeric, args, err)
		}
	}
	for in, want := range map[string]Error{
		"": {0, reasonNotEvent}, "{}": {0, reasonNotEvent}, "[": {1, reasonNoName}, "[ ]": {2, reasonNoName},
		"[null]": {1, reasonName}, "[[1]]": {1, reasonName}, `["a`: {3, reasonEnd}, `["`: {1, reasonName}, `["a",1`: {6, reasonEnd},
	} {
		if _, _, _, err := SplitEvent([]byte(in)); err == nil || *err.(*Error) != want {
			t.Errorf("%s: got %v, want %v", in, err, want)
		}
	}
}

func TestSplitRev1Event(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, name, args string }{
		{`{"name":"a"}`, "a", ""},
		{`{"name":"a","args":[]}`, "a", ""},
		{`{"name":"a","args":null}`, "a", ""},
		{`{"args":[1,{"name":"b"}],"name":"a"}`, "a", `1,{"name":"b"}`},
		{` { "name" : "a" , "args" : [ 1 , 2 ] } `, "a", "1 , 2"},
		{`{"x":{"name":1},"name":"\u00e9","y":[]}`, "é", ""},
		{`{"name":"a","args":{"b":1}}`, "a", `{"b":1}`},
		{`{"name":"a","args":false}`, "a", "false"},
		{`{"name":"a","args":[1],"name":"b","args":[2]}`, "b", "2"},
		{`{"n\u0061me":"a","\u0061rgs":[1]}`, "a", "1"},
		{`{"\u006e\u0061\u006d\u0065":""}`, "", ""},
		{`{"Name":"x","name":"a","args ":[1]}`, "a", ""},
		{`{"name":5}`, "5", ""},
	} {
		name, args, err := SplitRev1Event([]byte(c.in))
		if err != nil || string(name) != c.name || string(args) != c.args {
			t.Errorf("%s: got %q, %q, %v", c.in, name, args, err)
		}
	}
	deep := strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth)
	for in, want := range map[string]Error{
		"": {0, reasonNotObject}, `["a"]`: {0, reasonNotObject}, "{}": {0, reasonNoName}, "{}x": {2, reasonSyntax}, "{": {1, reasonEnd},
		`{"args":[]}`: {0, reasonNoName}, `{"name":null}`: {0, reasonName}, `{"name":["a"]}`: {0, reasonName}, `{"name":true}`: {0, reasonName},
		`{"name":"a"`: {11, reasonEnd}, `{"name":"a",}`: {12, reasonSyntax}, `{"name":"a"]`: {11, reasonSyntax}, `{"name":"a"}}`: {12, reasonSyntax},
		`{"name":"a","args":[1,]}`: {22, reasonSyntax}, `{"name" "a"}`: {8, reasonSyntax}, `{"name":}`: {8, reasonSyntax}, `{x}`: {1, reasonSyntax},
		`{"name":"a","x":` + deep + "}": {16 + MaxDepth - 1, reasonDepth},
	} {
		if _, _, err := SplitRev1Event([]byte(in)); err == nil || *err.(*Error) != want {
			t.Errorf("%.60s: got %v, want %v", in, err, want)
		}
	}
}

func TestSplitAck(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"": "", "[]": "", " [ 1 , 2 ] ": "1 , 2", `["a+b"]`: `"a+b"`, `{"0":1}`: `{"0":1}`, "null": "null",
	} {
		if got, err := SplitAck([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
	for _, in := range []string{"[", "[1", " [ "} {
		if got, err := SplitAck([]byte(in)); err == nil {
			t.Errorf("%s: got %q", in, got)
		}
	}
}

func TestAppendEvent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, args, rev5, rev1 string }{
		{"a", "", `["a"]`, `{"name":"a"}`},
		{"a", `1,"b"`, `["a",1,"b"]`, `{"name":"a","args":[1,"b"]}`},
		{"\"\u2028", "\"\u2028\"", "[\"\\\"\\u2028\",\"\u2028\"]", `{"name":"\"\u2028","args":["\u2028"]}`},
	} {
		if got := string(AppendEventRev5([]byte("x"), c.name, Args(c.args))); got != "x"+c.rev5 {
			t.Errorf("got %s, want x%s", got, c.rev5)
		}
		if got := string(AppendEventRev1([]byte("x"), c.name, Args(c.args))); got != "x"+c.rev1 {
			t.Errorf("got %s, want x%s", got, c.rev1)
		}
	}
}

func TestReserved(t *testing.T) {
	t.Parallel()
	for _, name := range reservedEvents {
		if !Reserved([]byte(name)) || Reserved([]byte(name+"x")) {
			t.Error(name)
		}
		if len(name)*6 > maxReserved {
			t.Errorf("%s is longer than maxReserved", name)
		}
	}
}
