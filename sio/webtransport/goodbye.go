package webtransport

import (
	"net/http"
	"time"

	"github.com/quic-go/quic-go/http3"
	"github.com/quic-go/quic-go/quicvarint"
	wt "github.com/quic-go/webtransport-go"
)

// The end of a WebTransport session by this side is a capsule on the stream of
// its request, and the end of that stream. webtransport-go sends a STOP_SENDING
// for it too, which may come first, and then Chromium takes the session for
// failed ("Connection lost", a client's "transport error") and never reads the
// capsule. So the capsule is sent here, and webtransport-go told when the peer
// has closed the connection, which browsers do at once.

// request is the request that has become a WebTransport session.
type request struct {
	http.ResponseWriter
	peer  *peer
	str   *http3.Stream // the request's
	sess  *wt.Session
	hurry <-chan struct{} // closed when a shutdown waits for no goodbye any more
}

// upgrade answers a request.
func (l *listener) upgrade(w http.ResponseWriter, r *http.Request, p *peer) (*request, error) {
	q := &request{ResponseWriter: w, peer: p, hurry: l.hurry}
	var err error
	q.sess, err = l.server.Upgrade(q, r)
	return q, err
}

// webtransport-go asks more of a ResponseWriter.
var _ interface {
	http.Flusher
	http3.Settingser
	http3.HTTPStreamer
} = (*request)(nil)

// Flush implements http.Flusher.
func (q *request) Flush() { q.ResponseWriter.(http.Flusher).Flush() }

// ReceivedSettings implements http3.Settingser.
func (q *request) ReceivedSettings() <-chan struct{} {
	return q.ResponseWriter.(http3.Settingser).ReceivedSettings()
}

// Settings implements http3.Settingser.
func (q *request) Settings() *http3.Settings { return q.ResponseWriter.(http3.Settingser).Settings() }

// HTTPStream implements http3.HTTPStreamer.
func (q *request) HTTPStream() *http3.Stream {
	q.str = q.ResponseWriter.(http3.HTTPStreamer).HTTPStream()
	return q.str
}

// closeSession is the type of the capsule (draft-ietf-webtrans-http3, 6).
const closeSession http3.CapsuleType = 0x2843

// maxGoodbye is how long the peer may take to close the connection. When a
// shutdown has begun those that take longer than inShutdown are not waited for,
// so that it ends in good order although a browser is slow.
const (
	maxGoodbye = 5 * time.Second
	inShutdown = 2 * time.Second
	lastWords  = time.Second // for a goodbye that begins after that
)

// goodbye ends the session with the code 0 and no words, as the reference does.
// It returns when the peer has closed the connection, or some time later.
func (q *request) goodbye() {
	limit, hurry := maxGoodbye, q.hurry
	select {
	case <-hurry:
		limit, hurry = lastWords, nil
	default:
	}
	if q.sess.Context().Err() == nil {
		_ = q.str.SetWriteDeadline(time.Now().Add(limit))
		if http3.WriteCapsule(quicvarint.NewWriter(q.str), closeSession, make([]byte, 4)) == nil {
			_ = q.str.Close()
		}
	}
	select { // not the end of the session: Chromium answers first, and looks at what it was told later
	case <-q.peer.conn.Context().Done():
	case <-hurry:
	case <-time.After(limit):
	}
	_ = q.sess.CloseWithError(0, "")
}
