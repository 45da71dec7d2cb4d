package clients

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tornadio/tornadio/sio"
)

// behaving is our server of TestBehaviour: what scripts/behave-server.mjs is
// with the reference.
type behaving struct {
	srv *sio.Server
	mu  sync.Mutex
	log []any
}

func (b *behaving) note(what ...any) {
	b.mu.Lock()
	b.log = append(b.log, what)
	b.mu.Unlock()
}

func (b *behaving) takeLog() []any {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.log
	b.log = nil
	return append([]any{}, all...)
}

// wanted are targets as scripts/behave.mjs names them.
type wanted struct {
	To, Except     []string
	Volatile, Self bool
	Timeout        int
	Event          string
	Args           []json.RawMessage
}

func (o wanted) args() (all []any) {
	for _, a := range o.Args {
		all = append(all, a)
	}
	return all
}

func (b *behaving) target(s *sio.Socket, o wanted) sio.Target {
	t := sio.Target{}
	if o.Self {
		t = s.To(o.To...)
	} else {
		t = b.namespace(s.Namespace()).To(o.To...)
	}
	t = t.Except(o.Except...).Timeout(time.Duration(o.Timeout) * time.Millisecond)
	if o.Volatile {
		t = t.Volatile()
	}
	return t
}

func (b *behaving) namespace(name string) *sio.Namespace[sio.Handler] {
	for _, e := range b.srv.Namespaces() {
		if e.Name() == name {
			return sio.Untyped(e)
		}
	}
	panic("no namespace " + name)
}

// behaved is a client of it.
type behaved struct {
	sio.Socket
	b     *behaving
	name  string
	order []string
	off   []func()
}

func (c *behaved) OnOpen(h *sio.Handshake) error {
	var auth struct{ Name string }
	_ = h.Auth(&auth)
	c.name = auth.Name
	_ = c.SetData(map[string]string{"name": c.name})
	name := h.Namespace()
	if strings.HasPrefix(name, "/dyn-") {
		name = "/_N"
	}
	c.b.note("connection", name, c.Recovered(), c.name)
	c.Use(func(e *sio.Event) error {
		if e.Name() == "barred" {
			return errors.New("barred")
		}
		return nil
	})
	return nil
}

func (c *behaved) OnError(err error) { c.b.note("error", err.Error()) }

func (c *behaved) OnClose(why sio.Reason) {
	if why == sio.ParseError { // the reference's words for what is no packet of Socket.IO
		c.b.note("error", "invalid payload")
		why = sio.ForcedClose
	}
	c.b.note("disconnecting", why.String(), len(c.Rooms())+1)
	c.b.note("disconnect", why.String(), 0) // where the reference tells it
}

func newBehaving(t *testing.T) (addr string) {
	b := &behaving{}
	b.srv = sio.New(sio.Config{
		Loops: 2, Logger: slog.New(slog.DiscardHandler),
		Recovery: &sio.Recovery{MaxDisconnection: time.Minute, AskMiddlewares: true},
	})
	mine := func(c *behaved) { c.b = b }
	b.common(sio.Of(b.srv, "/", mine))
	b.common(sio.Of(b.srv, "/other", mine))
	auth := sio.Of(b.srv, "/auth", mine)
	auth.UseContext(func(_ context.Context, h *sio.Handshake) error {
		var who struct{ Name string }
		_ = h.Auth(&who)
		switch who.Name {
		case "data":
			return &sio.RefusedError{Message: "with data", Data: map[string]any{"code": 7, "why": []string{"x"}}}
		case "plain":
			return errors.New("plain")
		}
		b.note("middleware", who.Name)
		return nil
	})
	b.common(auth)
	dynamic := sio.OfMatch(b.srv, regexp.MustCompile(`^/dyn-\d+$`), mine)
	dynamic.Use(func(h *sio.Handshake) error {
		var who struct{ Name string }
		if _ = h.Auth(&who); who.Name == "no" {
			return errors.New("not here")
		}
		return nil
	})
	b.common(dynamic)
	at, err := b.srv.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = b.srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.srv.Shutdown(ctx)
	})
	return at.String()
}

func (b *behaving) common(ns *sio.Namespace[*behaved]) {
	b.rooms(ns)
	b.answers(ns)
	sio.Answer0(ns, "log", func(*behaved) []any { return b.takeLog() })
	sio.Answer(ns, "reserved", func(c *behaved, names []string) (all []bool) {
		for _, name := range names {
			all = append(all, c.Emit(name) != nil)
		}
		return all
	})
	sio.Answer(ns, "serverside", func(c *behaved, names []string) (all []bool) {
		for _, name := range names {
			all = append(all, ns.ServerSideEmit(name) != nil)
		}
		return all
	})
	sio.Answer0(ns, "children", func(*behaved) []string {
		all := []string{}
		for _, e := range b.srv.Namespaces() {
			if strings.HasPrefix(e.Name(), "/dyn-") {
				all = append(all, e.Name())
			}
		}
		slices.Sort(all)
		return all
	})
	ns.OnRaw("anys", func(c *behaved, e *sio.Event) {
		c.order = nil
		c.off = []func(){
			c.OnAny(func(*sio.Event) { c.order = append(c.order, "a") }),
			c.PrependAny(func(*sio.Event) { c.order = append(c.order, "b") }),
			c.OnAny(func(e *sio.Event) { c.order = append(c.order, e.Name()) }),
		}
		_ = e.Reply()
	})
	probe := func(off int) func(c *behaved) []string {
		return func(c *behaved) []string {
			c.order = append(c.order, "handler")
			c.off[off]()
			return c.order
		}
	}
	sio.Answer0(ns, "probe1", probe(0))
	sio.Answer0(ns, "probe2", probe(1))
	sio.On0(ns, "barred", func(*behaved) { b.note("must not be") })
	sio.On(ns, "kick", func(c *behaved, connection bool) {
		if connection {
			c.Disconnect()
		} else {
			c.Close()
		}
	})
	sio.On2(ns, "kickroom", func(c *behaved, o wanted, connection bool) { _ = b.target(&c.Socket, o).DisconnectSockets(connection) })
}

func (b *behaving) rooms(ns *sio.Namespace[*behaved]) {
	sio.Answer(ns, "join", func(c *behaved, rooms oneOrMany) int {
		_ = c.Join(rooms...)
		return len(c.Rooms())
	})
	sio.Answer(ns, "leave", func(c *behaved, room string) []string {
		c.Leave(room)
		return slices.Sorted(slices.Values(c.Rooms()))
	})
	ns.OnRaw("to", func(c *behaved, e *sio.Event) {
		var o wanted
		_ = e.Decode(&o)
		args := o.args()
		for i := range e.Attachments() { // the test's only binary argument stands alone
			args[i] = slices.Clone(e.Attachments()[i])
		}
		_ = b.target(&c.Socket, o).Emit(o.Event, args...)
		_ = e.Reply()
	})
	ns.OnRaw("move", func(c *behaved, e *sio.Event) {
		var o wanted
		_ = e.Decode(&o)
		t := b.target(&c.Socket, o)
		_ = t.Emit("before")
		_ = t.SocketsJoin("moved")
		_ = t.SocketsLeave(o.To[0])
		_ = ns.To(o.To[0]).Emit("lost")
		_ = ns.To("moved").Emit("after")
		_ = e.Reply()
	})
	ns.OnRaw("fetch", func(c *behaved, e *sio.Event) {
		var o wanted
		_ = e.Decode(&o)
		_ = b.target(&c.Socket, o).FetchSockets(func(found []sio.RemoteSocket, _ error) {
			all := [][]any{}
			for _, s := range found {
				var data struct{ Name string }
				_ = s.DecodeData(&data)
				all = append(all, []any{data.Name, len(s.Rooms) + 1})
			}
			slices.SortFunc(all, func(x, y []any) int { return strings.Compare(x[0].(string), y[0].(string)) })
			_ = e.Reply(all)
		})
	})
}

// oneOrMany is a room or a list of them.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(o))
}

func (b *behaving) answers(ns *sio.Namespace[*behaved]) {
	ns.OnRaw("askall", func(c *behaved, e *sio.Event) {
		var o wanted
		_ = e.Decode(&o)
		_ = b.target(&c.Socket, o).EmitAck(o.Event, func(found []*sio.Ack, err error) {
			values := []string{}
			for _, a := range found {
				var v string
				_ = a.Decode(&v)
				values = append(values, v)
			}
			slices.Sort(values)
			var words any
			if errors.Is(err, sio.ErrClosed) { // known at once here; the reference lets the time pass
				err = sio.ErrAckTimeout
			}
			if err != nil {
				words = err.Error()
			}
			_ = e.Reply(words, values)
		}, o.args()...)
	})
	ns.OnRaw("askme", func(c *behaved, e *sio.Event) {
		var ms int
		_ = e.Decode(&ms)
		_ = c.EmitAckTimeout(time.Duration(ms)*time.Millisecond, "question", func(a *sio.Ack) {
			var value *string
			var words any
			if err := a.Decode(&value); err != nil {
				words = err.Error()
			}
			b.note("asked", words, value)
			_ = e.Reply()
		})
	})
	ns.OnRaw("echo", func(_ *behaved, e *sio.Event) {
		args := make([]any, e.Len())
		ptrs := make([]any, e.Len())
		for i := range args {
			ptrs[i] = &args[i]
		}
		_ = e.Decode(ptrs...)
		_ = e.Reply(args...)
	})
	ns.OnRaw("twice", func(_ *behaved, e *sio.Event) { _ = e.Reply(1); _ = e.Reply(2) })
}
