package sio

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Sockets from afar: orders to all sockets of a target, and what is known of
// them, wherever they live.

// RemoteSocket is a socket of this server or of another: what was known of it
// when it was fetched, and what can be asked of it. Any goroutine.
type RemoteSocket struct {
	SocketInfo
	target Target
}

// FetchSockets tells which sockets the target names, and what is known of them.
// f runs once, on the loop that [Target.EmitAck] says; in a fleet, with an
// error it has what the servers that answered know.
func (t Target) FetchSockets(f func([]RemoteSocket, error)) error {
	if t.ns == nil {
		return ErrClosed
	}
	home := t.home()
	t.through().FetchSockets(t.selection(), func(infos []SocketInfo, err error) {
		all := make([]RemoteSocket, len(infos))
		for i, info := range infos {
			all[i] = RemoteSocket{info, Target{ns: t.ns, rooms: []string{info.ID}}}
		}
		home.call("FetchSockets", func() { f(all, err) })
	})
	return nil
}

// FetchSocketsWait is FetchSockets for goroutines. On an event loop it returns
// ErrOnLoop.
func (t Target) FetchSocketsWait(ctx context.Context) ([]RemoteSocket, error) {
	return await(ctx, &t, t.FetchSockets)
}

// SocketsJoin puts the target's sockets into rooms. A socket in too many rooms
// stays out.
func (t Target) SocketsJoin(rooms ...string) error {
	if t.ns == nil {
		return ErrClosed
	}
	return t.through().JoinRooms(t.selection(), slices.Clone(rooms))
}

// SocketsLeave takes the target's sockets out of rooms.
func (t Target) SocketsLeave(rooms ...string) error {
	if t.ns == nil {
		return ErrClosed
	}
	return t.through().LeaveRooms(t.selection(), slices.Clone(rooms))
}

// DisconnectSockets closes the target's sockets, as [Socket.Close] does; with
// connection their whole connections, as [Socket.Disconnect].
func (t Target) DisconnectSockets(connection bool) error {
	if t.ns == nil {
		return ErrClosed
	}
	return t.through().DisconnectSockets(t.selection(), connection)
}

// through is the adapter that carries the target.
func (t *Target) through() Adapter {
	if t.ns.family != nil {
		return offspring{t.ns, t.local}
	}
	if t.ns.adapter == nil || t.local {
		return memory{t.ns}
	}
	return t.ns.adapter
}

// Timeout is the same socket with a time-out for EmitAck.
func (r RemoteSocket) Timeout(d time.Duration) RemoteSocket {
	r.target = r.target.Timeout(d)
	return r
}

// Target is the socket as a target.
func (r RemoteSocket) Target() Target { return r.target }

// Emit sends the socket an event. That it has closed meanwhile is no error.
func (r RemoteSocket) Emit(event string, args ...any) error { return r.target.Emit(event, args...) }

// EmitAck sends the socket an event and asks for an acknowledgement. f runs
// once, as with [Target.EmitAck]; the answer is f's to keep.
func (r RemoteSocket) EmitAck(event string, f func(*Ack), args ...any) error {
	return r.target.EmitAck(event, func(acks []*Ack, err error) {
		a := &Ack{err: ErrClosed}
		if len(acks) > 0 {
			a = acks[0]
		} else if err != nil {
			a.err = err
		}
		f(a)
	}, args...)
}

// Join puts the socket into rooms.
func (r RemoteSocket) Join(rooms ...string) error { return r.target.SocketsJoin(rooms...) }

// Leave takes the socket out of rooms.
func (r RemoteSocket) Leave(rooms ...string) error { return r.target.SocketsLeave(rooms...) }

// Disconnect closes the socket; with connection, its whole connection.
func (r RemoteSocket) Disconnect(connection bool) error {
	return r.target.DisconnectSockets(connection)
}

// DecodeData decodes what [Socket.SetData] has set into what v points to. If
// there is nothing, v is left alone.
func (r RemoteSocket) DecodeData(v any) error { return decodeData(r.Data, v) }

func decodeData(data json.RawMessage, v any) error {
	if len(data) == 0 {
		return nil
	}
	return json.Unmarshal(data, v)
}

// SetData sets a value of the program's own that goes with the socket: other
// servers see it, see [Target.FetchSockets], and it is there again after a
// recovery. It is encoded as JSON now. Any goroutine.
func (s *Socket) SetData(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	x := s.needExtra()
	x.mu.Lock()
	x.data = data
	x.mu.Unlock()
	return nil
}

// DecodeData decodes what SetData has set into what v points to. If there is
// nothing, v is left alone. Any goroutine.
func (s *Socket) DecodeData(v any) error { return decodeData(s.data(), v) }

func (s *Socket) data() json.RawMessage {
	x := s.extra.Load()
	if x == nil {
		return nil
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.data
}

// info is what servers tell each other of the socket. On its loop.
func (s *Socket) info() SocketInfo {
	info := SocketInfo{ID: s.ID(), Rooms: s.Rooms(), Data: s.data()}
	if x := s.extra.Load(); x != nil && x.handshake != nil {
		info.Handshake = *x.handshake
	} else if s.c.addr.IsValid() {
		info.Handshake.Address = s.c.addr.String()
	}
	return info
}

// keepHandshake keeps what servers tell each other of a handshake.
func (s *Socket) keepHandshake(h *Handshake) {
	k := &HandshakeInfo{
		Headers: map[string]string{}, Query: map[string]string{},
		Time: h.Time().Format("Mon Jan 02 2006 15:04:05 GMT-0700 (MST)"), Issued: h.Time().UnixMilli(),
		URL: h.URL(), XDomain: h.Header("Origin") != "", Auth: slices.Clone(json.RawMessage(h.auth)),
	}
	if a := h.RemoteAddr(); a.IsValid() {
		k.Address = a.Addr().String()
	}
	for name, v := range h.Headers() {
		k.Headers[strings.ToLower(name)] = v[0]
	}
	for name, v := range h.Queries() {
		k.Query[name] = v[0]
	}
	s.needExtra().handshake = k
}
