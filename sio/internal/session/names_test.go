package session

import "testing"

func TestNames(t *testing.T) {
	n := NewNames()
	a, b := &Manager{}, &Manager{}
	a.UseNames(n)
	b.UseNames(n)
	id := ID{1}
	if !a.ReserveName("x") || b.ReserveName("x") {
		t.Fatal("a reserved name can be reserved again, or not at first")
	}
	a.naming.begin(id)
	if got, ok := n.Find([]byte("x")); !ok || got != id {
		t.Errorf("Find gives %v, %v", got, ok)
	}
	s := &Session{m: a, id: id}
	if s.SID() != "x" {
		t.Errorf("SID is %q", s.SID())
	}
	if !b.ReserveName("unused") || !b.ReserveName("y") {
		t.Fatal("a free name can't be reserved")
	}
	if _, ok := n.Find([]byte("unused")); ok {
		t.Error("a name that was reserved and not used is kept")
	}
	a.naming.end(id)
	if _, ok := n.Find([]byte("x")); ok || !b.ReserveName("x") {
		t.Error("the name of a session that has ended is kept")
	}
	if s := (&Session{m: &Manager{}, id: id}); s.SID() != id.String() {
		t.Errorf("without names SID is %q", s.SID())
	}
}
