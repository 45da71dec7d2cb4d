package sio

import (
	"errors"
	"slices"
	"sync"
	"time"
)

// offspring carries what is asked of a parent to all its children, each through
// its own adapter.
type offspring struct {
	ns    *namespace
	local bool
}

func (o offspring) each(f func(Adapter) error) (err error) {
	for child := range o.ns.children() {
		err = errors.Join(err, f((&Target{ns: child, local: o.local}).through()))
	}
	return err
}

// Broadcast implements Adapter. Each child has a packet of its own, since the
// name is in the bytes.
func (o offspring) Broadcast(p *Packet, to Selection) error {
	return o.each(func(a Adapter) error { return a.Broadcast(&Packet{out: p.out}, to) })
}

// BroadcastAck implements Adapter.
func (o offspring) BroadcastAck(p *Packet, to Selection, a Answers) {
	_ = o.each(func(child Adapter) error { child.BroadcastAck(&Packet{out: p.out}, to, a); return nil })
}

// FetchSockets implements Adapter.
func (o offspring) FetchSockets(to Selection, f func([]SocketInfo, error)) {
	children := slices.Collect(o.ns.children())
	if len(children) == 0 {
		f(nil, nil)
		return
	}
	var (
		mu   sync.Mutex
		left = len(children)
		all  []SocketInfo
		errs error
	)
	for _, child := range children {
		(&Target{ns: child, local: o.local}).through().FetchSockets(to, func(some []SocketInfo, err error) {
			mu.Lock()
			all = append(all, some...)
			errs = errors.Join(errs, err)
			left--
			done := left == 0
			mu.Unlock()
			if done {
				f(all, errs)
			}
		})
	}
}

// JoinRooms implements Adapter.
func (o offspring) JoinRooms(to Selection, rooms []string) error {
	return o.each(func(a Adapter) error { return a.JoinRooms(to, rooms) })
}

// LeaveRooms implements Adapter.
func (o offspring) LeaveRooms(to Selection, rooms []string) error {
	return o.each(func(a Adapter) error { return a.LeaveRooms(to, rooms) })
}

// DisconnectSockets implements Adapter.
func (o offspring) DisconnectSockets(to Selection, connection bool) error {
	return o.each(func(a Adapter) error { return a.DisconnectSockets(to, connection) })
}

// ServerSideEmit implements Adapter.
func (o offspring) ServerSideEmit(p *Packet, timeout time.Duration, a Answers) error {
	return o.each(func(child Adapter) error { return child.ServerSideEmit(p, timeout, a) })
}

// Close implements Adapter.
func (o offspring) Close() error { return nil }
