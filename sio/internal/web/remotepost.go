package web

import "github.com/tornadio/tornadio/sio/internal/transport"

// remotePost is the target of a POST of Engine.IO to a session of another loop.
// As in [enginePost] the transport is told of a body that does not come whole
// with its head: a second POST meanwhile, and one that is never whole, end the
// session on whatever loop they came in.
type remotePost struct {
	x     *remote
	told  bool               // the session's loop knows; belongs to the connection's
	begun *transport.Polling // belongs to the session's loop
}

// tell runs f on the session's loop, in order with the request itself.
func (r *remotePost) tell(f func()) { _ = r.x.home.loop.Post(f) } // a loop that has stopped has no sessions

func (r *remotePost) postBegun(*Conn) bool {
	r.told = true
	r.tell(func() {
		s := r.x.home.findFrom(r.x.r.id, r.x.r.rev, r.x.r.from)
		if engineCheck(s, r.x.r.websocket) >= 0 {
			return // is refused when the body is there
		}
		if p := s.Link().(*transport.Polling); p.BeginPost() {
			r.begun = p
		}
	})
	return true
}

func (r *remotePost) postReady(w *Conn, b *post) {
	r.end(false)
	r.x.postReady(w, b)
}

func (r *remotePost) postBroken(lost bool) { r.end(lost) }

func (r *remotePost) end(lost bool) {
	if !r.told {
		return
	}
	r.tell(func() {
		if r.begun != nil {
			r.begun.EndPost(lost)
		}
	})
}
