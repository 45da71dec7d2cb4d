package sio

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/tornadio/tornadio/sio/internal/packet"
)

// The seam on which fleets of servers stand. What a Target asks for goes
// through the adapter of its namespace. The one in memory (memory.go) reaches
// the sockets of this process; an adapter that Config.Adapter makes stands in
// front of it, tells other servers, and hands it what they tell. With none
// configured nothing is in between.

// Adapter carries what a [Target] asks for to the sockets that it names, on
// this server and on others. One belongs to one namespace of one server. Its
// methods are called from any goroutine, event loops too, and must not block.
//
// An adapter of a fleet keeps the [Local] that it was made with, and embeds it
// or calls it:
//
//   - each of its methods does the work on this server by the method of Local
//     with the same name, whether or not the other servers can be reached, and
//     publishes it to them unless Selection.Local says not to;
//   - what others publish it hands to Local alone.
//
// One that can bring clients back on another server is a [Recoverer] besides.
// Package adaptertest tests adapters.
type Adapter interface {
	// Broadcast sends an event. The packet is never changed; it may be kept.
	Broadcast(p *Packet, to Selection) error
	// BroadcastAck sends an event and asks every receiver for an
	// acknowledgement, within to.Timeout. Before it returns it adds to a at
	// least one for each server that it waits for.
	BroadcastAck(p *Packet, to Selection, a Answers)
	// FetchSockets tells of the sockets. f is called once, from any goroutine;
	// with an error it has what is known nevertheless.
	FetchSockets(to Selection, f func([]SocketInfo, error))
	// JoinRooms puts the sockets into rooms, LeaveRooms takes them out.
	JoinRooms(to Selection, rooms []string) error
	LeaveRooms(to Selection, rooms []string) error
	// DisconnectSockets closes the sockets, or all of their connections.
	DisconnectSockets(to Selection, connection bool) error
	// ServerSideEmit sends an event to the other servers. With a not nil each
	// is asked for an answer, within timeout, as by BroadcastAck.
	ServerSideEmit(p *Packet, timeout time.Duration, a Answers) error
	// Close is called when the server has shut down, or the namespace has
	// ceased to be. It may block.
	Close() error
}

// Local is what an adapter sees of its namespace. Its methods of [Adapter]
// concern the sockets of this process alone; ServerSideEmit and Close do
// nothing. Any goroutine.
type Local interface {
	Adapter
	// Namespace is the namespace's name.
	Namespace() string
	// Rooms are the rooms that have members on this server, without the rooms
	// that are sockets' ids.
	Rooms() []string
	// Reaches is false if no socket of this server is in the room, so that what
	// is sent to it need not be decoded. The room may be a socket's id.
	Reaches(room string) bool
	// ServerSide hands an event of another server to the handlers of
	// Namespace.OnServerSide. reply, not nil if that server wants an answer,
	// is called at most once, from any goroutine; not at all if there is no
	// handler.
	ServerSide(p *Packet, reply func(Args))
}

// RoomWatcher is implemented by adapters that want to know which rooms have
// members on this server. The calls for one room are in order. They come from
// any goroutine, must not block, and must not call Local.
type RoomWatcher interface {
	RoomCreated(room string) // the first member on this server
	RoomDeleted(room string) // the last one has left
}

// connect makes the namespace's adapter. Its failure is a mistake that keeps
// the server from listening; until then it is as if there were none.
func (ns *namespace) connect() {
	f := ns.srv.cfg.Adapter
	if f == nil {
		return
	}
	a, err := f(memory{ns})
	if err == nil && a == nil {
		err = errors.New("it is nil")
	}
	if err != nil {
		ns.srv.host.Fault(fmt.Errorf("sio: Config.Adapter for %q: %w", ns.name, err))
		return
	}
	ns.adapter = a
	ns.useRecoverer(a)
	ns.watcher, _ = a.(RoomWatcher)
}

// disconnect ends the adapter of a namespace.
func (ns *namespace) disconnect() error {
	if ns.adapter == nil {
		return nil
	}
	return ns.adapter.Close()
}

// disconnect ends the adapters of all namespaces.
func (s *Server) disconnect() (err error) {
	for _, ns := range *s.namespaces.Load() {
		err = errors.Join(err, ns.disconnect())
	}
	s.children.Range(func(_, ns any) bool {
		err = errors.Join(err, ns.(*namespace).disconnect())
		return true
	})
	return err
}

// Selection names sockets: the members of Rooms, each once, or with none
// everyone in the namespace; less the members of Except. A socket's id is a
// room with that one member.
type Selection struct {
	Rooms, Except []string
	Volatile      bool          // see Target.Volatile
	Plain         bool          // not compressed: Compress(false)
	Local         bool          // this server only
	Timeout       time.Duration // for answers; more than 0 where some are asked for
}

// Answers takes the answers to a broadcast, or to what other servers were
// asked, as they come. It counts like a sync.WaitGroup what it waits for: it is
// complete when the count gets to zero. What comes later is ignored. Any
// goroutine.
type Answers interface {
	// Add changes the count of answers that are waited for. It is called before
	// the answers that it announces.
	Add(delta int)
	// Answer is one answer, and lowers the count by one.
	Answer(a Args)
	// Lost says that n answers will not come and why, and lowers the count.
	Lost(n int, err error)
}

// Args are the arguments of an event or acknowledgement in the form in which
// they pass between servers: the JSON texts with commas between them, and the
// binary values that the placeholders in it name,
// {"_placeholder":true,"num":0} the first one.
type Args struct {
	JSON        []byte
	Attachments [][]byte
}

// SocketInfo is what servers tell each other of a socket. Its JSON is that of
// the reference.
type SocketInfo struct {
	ID        string          `json:"id"`
	Handshake HandshakeInfo   `json:"handshake"`
	Rooms     []string        `json:"rooms"` // without its id, in no order
	Data      json.RawMessage `json:"data"`  // see Socket.SetData; null if there is none
}

// HandshakeInfo is what servers tell each other of a handshake. Without
// Config.KeepHandshakes only the address is known.
type HandshakeInfo struct {
	Headers map[string]string `json:"headers"`
	Time    string            `json:"time"`
	Address string            `json:"address"`
	XDomain bool              `json:"xdomain"`
	Secure  bool              `json:"secure"`
	Issued  int64             `json:"issued"` // milliseconds since 1970
	URL     string            `json:"url"`
	Query   map[string]string `json:"query"`
	Auth    json.RawMessage   `json:"auth"`
}

// PartialError says that some of those asked have not answered. The result
// beside it has what the others said.
type PartialError struct {
	Missing int   // at least
	Err     error // ErrAckTimeout or ErrClosed, say
}

// Error implements error, in the words of Err.
func (e *PartialError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *PartialError) Unwrap() error { return e.Err }

// ErrOnLoop says that a call would have blocked an event loop. Give it a
// goroutine, or use its form with a callback.
var ErrOnLoop = errors.New("sio: the call would block an event loop")

// Event is the event's name.
func (p *Packet) Event() string {
	if p.out.kind != outEvent {
		return "message"
	}
	return p.out.event
}

// Args are the event's arguments. They must not be changed.
func (p *Packet) Args() Args { return Args{p.out.args, p.out.attachments} }

// EncodeArgs makes a packet of arguments that are encoded already. It keeps
// them. It fails on a reserved name, and on arguments that are not JSON or name
// attachments that do not exist.
func EncodeArgs(event string, a Args) (*Packet, error) {
	if err := checkName(event); err != nil {
		return nil, err
	}
	if err := a.check(); err != nil {
		return nil, fmt.Errorf("sio: arguments of %q: %w", event, err)
	}
	return &Packet{out: outgoing{kind: outEvent, event: event, encoded: encoded{a.JSON, a.Attachments}}}, nil
}

func (a Args) check() error {
	if !utf8.Valid(a.JSON) {
		return errors.New("not UTF-8")
	}
	array := append(append([]byte{'['}, a.JSON...), ']')
	if err := packet.Valid(array, packet.MaxDepth); err != nil {
		return err
	}
	return packet.FindPlaceholders(packet.Args(a.JSON), len(a.Attachments))
}
