package webtransport

import (
	"context"
	"encoding/json"
	"net/http"
	"net/netip"
	"time"

	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// From a request to a session (engine.io 6, onWebTransportSession):
//
//	client  asks for a WebTransport session by an extended CONNECT
//	client  opens a bidirectional stream, on which both sides send packets
//	        (payload.NextStream), and sends "0" for a new session of
//	        Engine.IO, or 0{"sid":"..."} to go on with one that polls
//	server  answers "0" with the open packet; with a sid the upgrade begins
//	        (2probe, 3probe, 5)
//
// All of it within UpgradeTimeout. Whatever else comes first closes the
// WebTransport session without a word, as in the reference. Further streams and
// datagrams are not looked at.

// handle takes a request of HTTP/3.
func (l *listener) handle(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || !l.front.Serves(r.URL.Path) {
		http.NotFound(w, r)
		return
	}
	p, _ := r.Context().Value(peerKey{}).(*peer)
	remote, err := netip.ParseAddrPort(r.RemoteAddr)
	if p == nil || err != nil || !l.enter() {
		l.front.CountRefused(http.StatusServiceUnavailable)
		http.Error(w, "server shutting down", http.StatusServiceUnavailable)
		return
	}
	defer l.sessions.Done()
	p.begin()
	defer p.end()
	o, ok := l.front.Admit(w, r, netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port()))
	if !ok {
		return
	}
	q, err := l.upgrade(w, r, p)
	if err != nil { // it has answered
		l.front.CountRefused(http.StatusBadRequest)
		return
	}
	l.serve(q, o)
	p.close()
}

// serve lives as long as the WebTransport session.
func (l *listener) serve(q *request, o *web.Outside) {
	ctx, cancel := context.WithCancel(q.sess.Context())
	defer cancel()
	late := time.AfterFunc(l.front.UpgradeTimeout(), cancel)
	defer late.Stop()
	str, err := q.sess.AcceptStream(ctx)
	if err != nil {
		q.goodbye()
		return
	}
	defer context.AfterFunc(ctx, func() { _ = str.SetReadDeadline(time.Now()) })()
	c := newConn(q, str, l.front.MaxMessage())
	if sid, ok := c.first(); ok && late.Stop() && l.begin(c, o, sid) {
		go c.write()
		if !c.read(l.host.Group().Done()) {
			c.part()
		}
		<-c.written
	}
	c.part()
}

// begin makes c the transport of a session, on whose loop it runs.
func (l *listener) begin(c *conn, o *web.Outside, sid string) bool {
	loop, id := l.loop(), session.ID{}
	if sid != "" {
		var ok bool
		if loop, id, ok = l.front.Home(sid); !ok {
			l.front.CountRefused(http.StatusBadRequest)
			return false
		}
	}
	c.link = &link{conn: c, loop: loop}
	begun := make(chan bool, 1)
	if loop.Post(func() {
		ok := false
		defer func() { begun <- ok }()
		ok = c.link.begin(o, id, sid != "")
	}) != nil {
		return false
	}
	select {
	case ok := <-begun:
		return ok
	case <-l.host.Group().Done():
		return false
	}
}

// begin runs on the loop.
func (k *link) begin(o *web.Outside, id session.ID, named bool) bool {
	if named {
		if k.s = o.Find(k.loop, id); k.s != nil {
			k.s.StartUpgrade(k)
		}
		return k.s != nil
	}
	if k.s = o.Open(k.loop); k.s == nil {
		return false
	}
	before := k.s.Enter()
	k.s.Attach(k)
	k.s.Leave(before)
	return true
}

// firstPacket is how long the first packet may be: an id has up to 128
// characters.
const firstPacket = 1024

// openPacket is what a client sends first.
func openPacket(packet []byte, binary bool) (sid string, ok bool) {
	kind, data, err := payload.SplitFrameEIO4(packet)
	if binary || err != nil || kind != payload.Open {
		return "", false
	}
	if len(data) == 0 {
		return "", true
	}
	var named struct {
		SID string `json:"sid"`
	}
	err = json.Unmarshal(data, &named)
	return named.SID, err == nil && named.SID != ""
}
