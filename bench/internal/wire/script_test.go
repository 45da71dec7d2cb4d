package wire

import (
	"errors"
	"testing"
)

func TestScript(t *testing.T) {
	for in, want := range map[string]string{`io.j[0]("8::");`: "8::", `___eio[12]("a\u2028\"");`: "a\u2028\""} {
		if got, err := Script([]byte(in)); err != nil || string(got) != want {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
	for _, in := range []string{"", "8::", `io.j[0]("a")`, `io.j[0](new Error("no"));`, `io.j[0](1);`} {
		if got, err := Script([]byte(in)); !errors.Is(err, ErrScript) {
			t.Errorf("%s: %q %v", in, got, err)
		}
	}
}

func TestNextScript(t *testing.T) {
	for _, c := range []struct{ in, payload, rest string }{
		{`<script>_("a");</script>x`, "a", "x"},
		{`spaces  <script>_("<\/script>");</script>`, "</script>", ""},
		{`<script>_("a");</scr`, "", `<script>_("a");</scr`},
		{`<html> <scr`, "", "tml> <scr"},
		{"", "", ""},
	} {
		payload, rest, err := NextScript([]byte(c.in))
		if err != nil || string(payload) != c.payload || string(rest) != c.rest {
			t.Errorf("%s: %q %q %v", c.in, payload, rest, err)
		}
	}
	if _, _, err := NextScript([]byte("<script>_(x);</script>")); !errors.Is(err, ErrScript) {
		t.Error(err)
	}
}

func TestAppendForm(t *testing.T) {
	for p, want := range map[Proto]string{EIO4: "d=a%5C%5Cn%2B", EIO3: "d=a%5C%5Cn%2B", Rev1: "d=%22a%5C%5Cn%2B%22"} {
		if got := string(p.AppendForm(nil, []byte(`a\n+`))); got != want {
			t.Errorf("%v: %s", p, got)
		}
	}
}
