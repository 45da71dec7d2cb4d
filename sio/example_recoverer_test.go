package sio_test

import (
	"fmt"
	"strconv"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// journal is a log of one namespace's events, and of the sockets that may come
// back: in a fleet a database that all servers read. This one is on the loop of
// a single server, and keeps all for good.
type journal struct {
	sio.Local
	events []written
	gone   map[string]sio.SessionState // by private id
}

type written struct {
	packet *sio.Packet
	to     sio.Selection
}

// Broadcast writes an event down and hands it on with its place in the log.
func (j *journal) Broadcast(p *sio.Packet, to sio.Selection) error {
	if !to.Local && !to.Volatile {
		p = p.WithOffset(strconv.Itoa(len(j.events)))
		j.events = append(j.events, written{p, to})
	}
	return j.Local.Broadcast(p, to)
}

func (j *journal) PersistSession(s sio.SessionState, _ time.Duration) { j.gone[s.PID] = s }

func (j *journal) RestoreSession(pid, offset string, f func(*sio.SessionState, []*sio.Packet)) {
	s, ok := j.gone[pid]
	seen, err := strconv.Atoi(offset)
	if !ok || err != nil || seen >= len(j.events) {
		f(nil, nil) // it joins anew
		return
	}
	delete(j.gone, pid)
	var missed []*sio.Packet
	for _, e := range j.events[seen+1:] {
		if e.to.Meets(&s) {
			missed = append(missed, e.packet)
		}
	}
	f(&s, missed)
}

// With an adapter that is a Recoverer clients come back on any server that
// reads its log.
func ExampleRecoverer() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{
		Loops:    1,
		Recovery: &sio.Recovery{},
		Adapter: func(l sio.Local) (sio.Adapter, error) {
			return &journal{Local: l, gone: map[string]sio.SessionState{}}, nil
		},
	}).Of("/")
	ann := w.Connect(siotest.Client{})
	_ = ns.To().Emit("news", 1)
	ann.Wait("news")
	ann.Drop() // its connection breaks
	w.Advance(time.Second)
	_ = ns.To().Emit("news", 2)

	again := w.Connect(siotest.Client{Auth: ann.Resume()})
	var n int
	again.Wait("news").Decode(&n)
	fmt.Println(again.Recovered(), again.ID() == ann.ID(), n)
	// Output: true true 2
}
