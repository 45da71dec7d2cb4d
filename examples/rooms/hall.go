package main

import (
	"maps"
	"slices"
	"sync"

	"github.com/tornadio/tornadio/sio"
)

const maxRooms = 100 // that clients may make

// Hall knows who is where. Clients live on several loops, so it has a lock.
// What it tells is sent under the lock: so everyone gets it in the order in
// which it happened. (In a fleet of servers Target.FetchSockets would say who is
// in a room.)
type Hall struct {
	to func(rooms ...string) sio.Target

	mu    sync.Mutex
	rooms map[string]map[string]string // by room and socket, who is in
}

// Room is a line of the list.
type Room struct {
	Name string `json:"name"`
	In   int    `json:"in"`
}

func (h *Hall) add(room string, g *Guest) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.rooms[room] == nil {
		if len(h.rooms) >= maxRooms {
			return false
		}
		h.rooms[room] = map[string]string{}
	}
	h.rooms[room][g.ID()] = g.name
	h.to("hall").Emit("rooms", h.list())
	return true
}

func (h *Hall) remove(room string, g *Guest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.rooms[room], g.ID())
	if len(h.rooms[room]) == 0 {
		delete(h.rooms, room) // the last one turns off the light
	}
	h.to(topic(room)).Emit("members", h.members(room))
	h.to("hall").Emit("rooms", h.list())
}

// show tells a room who is in it.
func (h *Hall) show(room string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.to(topic(room)).Emit("members", h.members(room))
}

// tell tells one guest what rooms there are.
func (h *Hall) tell(g *Guest) {
	h.mu.Lock()
	defer h.mu.Unlock()
	g.Emit("rooms", h.list())
}

func (h *Hall) list() []Room {
	all := []Room{}
	for _, name := range slices.Sorted(maps.Keys(h.rooms)) {
		all = append(all, Room{name, len(h.rooms[name])})
	}
	return all
}

func (h *Hall) members(room string) []string { return slices.Sorted(maps.Values(h.rooms[room])) }
