package check

import "testing"

func TestMessages(t *testing.T) {
	m := NewMessages(20)
	for _, seq := range []int{0, 1, 9, 1024, 123456789} {
		b := m.Append(nil, 17, seq)
		if from, got, ok := m.Parse(b); !ok || from != 17 || got != seq {
			t.Errorf("%s: %d %d %v", b, from, got, ok)
		}
		// Any single changed byte is noticed, or is another message's.
		for i := range b {
			c := append([]byte{}, b...)
			c[i] ^= 1
			if from, got, ok := m.Parse(c); ok && from == 17 && got == seq {
				t.Errorf("%s was taken for %s", c, b)
			}
		}
		for _, c := range [][]byte{b[:len(b)-1], append(append([]byte{}, b...), ' '), nil, []byte(`{"from":`)} {
			if _, _, ok := m.Parse(c); ok {
				t.Errorf("%q was taken", c)
			}
		}
	}
	if string(m.Binary(1, 2)) == string(m.Binary(2, 1)) {
		t.Error("two attachments are the same")
	}
}

func TestStream(t *testing.T) {
	for _, c := range []struct {
		name string
		seen []int
		sent int
		want Faults
	}{
		{"in order", []int{0, 1, 2, 3}, 4, Faults{}},
		{"none sent", nil, 0, Faults{}},
		{"lost within", []int{0, 2, 3}, 4, Faults{Lost: 1}},
		{"lost at the end", []int{0, 1}, 4, Faults{Lost: 2}},
		{"lost at the beginning", []int{1, 2}, 3, Faults{Lost: 1}},
		{"doubled", []int{0, 1, 1, 2}, 3, Faults{Doubled: 1}},
		{"doubled late", []int{0, 1, 2, 0}, 3, Faults{Doubled: 1}},
		{"swapped", []int{0, 2, 1, 3}, 4, Faults{Reordered: 1}},
		{"swapped and doubled", []int{0, 2, 1, 1}, 3, Faults{Reordered: 1, Doubled: 1}},
	} {
		var s Stream
		var f Faults
		for _, seq := range c.seen {
			s.See(seq, &f)
		}
		if late := s.Outstanding(c.sent); late != c.want.Lost {
			t.Errorf("%s: %d outstanding", c.name, late)
		}
		if s.End(c.sent, &f); f != c.want {
			t.Errorf("%s: %v, want %v", c.name, f, c.want)
		}
	}
}
