package packet

import (
	"strings"
	"testing"
)

func TestIsPlaceholder(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]int{
		`{"_placeholder":true,"num":0}`:          0,
		` {"num" : 12 , "_placeholder" : true} `: 12,
		`{"_placeholder":true,"num":1073741824}`: 1 << 30,
		`{"_placeholder":true,"num":1073741825}`: -1,
		`{"_placeholder":true,"num":-1}`:         -1,
		`{"_placeholder":true}`:                  -1,
		`{"_placeholder":false,"num":0}`:         -1,
		`[{"_placeholder":true,"num":0}]`:        -1,
		`{"a":{"_placeholder":true,"num":0}}`:    -1,
		`"{\"_placeholder\":true,\"num\":0}"`:    -1,
		`{}`:                                     -1, ``: -1, `1`: -1, `{"_placeholder"`: -1, `{"_placeholder":`: -1, `{"_placeholder":}`: -1,
	} {
		num, ok := IsPlaceholder([]byte(in))
		if ok != (want >= 0) || ok && num != want {
			t.Errorf("%s: got %d, %v", in, num, ok)
		}
	}
}

func manyPlaceholders(n int) Args {
	var b []byte
	for i := range n {
		b = append(AppendPlaceholder(b, i), ',')
	}
	return Args(b[:len(b)-1])
}

func TestFindPlaceholdersMany(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 255, 256, 257, 1000} {
		args := manyPlaceholders(n)
		if err := FindPlaceholders(args, n); err != nil {
			t.Errorf("%d: %v", n, err)
		}
		if err := FindPlaceholders(args, n-1); err == nil {
			t.Errorf("%d: number %d of %d accepted", n, n-1, n-1)
		}
		if err := FindPlaceholders(append(args[:len(args):len(args)], ","+string(args)...), n); err == nil {
			t.Errorf("%d: numbers twice accepted", n)
		}
	}
	if err := FindPlaceholders(Args(`"a",{"b":1}`), 0); err != nil {
		t.Error(err)
	}
}

func TestReplacePlaceholdersError(t *testing.T) {
	t.Parallel()
	args := Args(`1,{"_placeholder":true,"num":0},[{"_placeholder":true,"num":"1"}]`)
	calls := 0
	_, err := ReplacePlaceholders(nil, args, func(dst []byte, num int) []byte { calls++; return append(dst, "0"...) })
	if want := strings.Index(string(args), "[") + 1; err == nil || err.(*Error).Offset != want || calls != 1 {
		t.Errorf("%v, %d calls", err, calls)
	}
}
