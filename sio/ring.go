package sio

import (
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio/internal/session"
)

// ring holds the events that a loop has lately delivered in a namespace, in the
// order of delivery, for those who come back. An entry is one event, whoever
// gets it: its bytes are those that the receivers share. Entries go when there
// are too many, when they have too many bytes, and when they are too old.
//
// Positions count all entries ever; first is that of the oldest one kept.
type ring struct {
	entries []entry // a circle
	head    int     // where the oldest is
	count   int
	first   uint64
	bytes   int
}

// entry is one event. Who gets it is told in names: sockets come and go.
type entry struct {
	seq           uint64 // its offset
	at            time.Time
	rooms, except []string
	skip, only    session.ID
	without       []session.ID // who got it by another entry
	ms            []session.Message
	bytes         int
}

func (r *ring) end() uint64 { return r.first + uint64(r.count) }

func (r *ring) at(pos uint64) *entry {
	return &r.entries[(r.head+int(pos-r.first))%len(r.entries)]
}

// add appends an entry and takes over its messages' references.
func (r *ring) add(e entry, cfg *Recovery) {
	for _, m := range e.ms {
		e.bytes += m.Buf.Len()
	}
	for r.count > 0 && (r.count >= cfg.MaxPackets || r.bytes+e.bytes > cfg.MaxBytes || r.old(e.at, cfg)) {
		r.dropFirst()
	}
	if e.bytes > cfg.MaxBytes {
		e.release()
		r.first++ // a gap: who has missed it can't be recovered
		return
	}
	if r.count == len(r.entries) {
		r.grow(cfg)
	}
	r.entries[(r.head+r.count)%len(r.entries)] = e
	r.count++
	r.bytes += e.bytes
}

func (r *ring) grow(cfg *Recovery) {
	all := make([]entry, min(max(16, 2*r.count), cfg.MaxPackets))
	for i := range r.count {
		all[i] = r.entries[(r.head+i)%len(r.entries)]
	}
	r.entries, r.head = all, 0
}

func (r *ring) old(now time.Time, cfg *Recovery) bool {
	return now.Sub(r.entries[r.head].at) > cfg.MaxDisconnection
}

func (r *ring) dropFirst() {
	e := &r.entries[r.head]
	r.bytes -= e.bytes
	e.release()
	*e = entry{}
	r.head = (r.head + 1) % len(r.entries)
	r.first++
	if r.count--; r.count == 0 {
		r.entries, r.head = nil, 0
	}
}

// expire drops what is too old.
func (r *ring) expire(now time.Time, cfg *Recovery) {
	for r.count > 0 && r.old(now, cfg) {
		r.dropFirst()
	}
}

// find gives the position behind the entry by which a socket got the event with
// this offset. It looks from the newest on: clients have mostly missed little.
func (r *ring) find(seq uint64, id session.ID) (pos uint64, ok bool) {
	return r.findIn(r.first, r.end(), seq, id)
}

func (r *ring) findIn(from, to, seq uint64, id session.ID) (pos uint64, ok bool) {
	for pos = to; pos > max(from, r.first); pos-- {
		e := r.at(pos - 1)
		if e.seq == seq && (e.only == id || e.only == session.ID{} && !slices.Contains(e.without, id)) {
			return pos, true
		}
	}
	return 0, false
}

// without notes that a socket got the newest event by another entry.
func (r *ring) without(seq uint64, id session.ID) {
	if r.count > 0 {
		if e := r.at(r.end() - 1); e.seq == seq {
			e.without = append(e.without, id)
		}
	}
}

func (e *entry) release() {
	for _, m := range e.ms {
		m.Buf.Release()
	}
}

// share gives references of its own to the messages.
func (e *entry) share() missed {
	for _, m := range e.ms {
		m.Buf.Retain()
	}
	return missed{e.seq, e.ms}
}

// missed is an event for one who comes back.
type missed struct {
	seq uint64
	ms  []session.Message
}

// meets reports whether an entry is for a socket with this id and rooms.
func (e *entry) meets(id session.ID, rooms []string) bool {
	if e.only != (session.ID{}) {
		return e.only == id
	}
	if e.skip == id || slices.Contains(e.without, id) {
		return false
	}
	in := func(room string) bool { return slices.Contains(rooms, room) || isID(room, id) }
	return (len(e.rooms) == 0 || slices.ContainsFunc(e.rooms, in)) && !slices.ContainsFunc(e.except, in)
}

func isID(room string, id session.ID) bool {
	k, ok := session.ParseID([]byte(room))
	return ok && k == id
}
