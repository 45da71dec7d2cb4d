package webtransport

import (
	"context"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
)

// peer is a QUIC connection, as its requests see it. It closes when it has had
// no session for a while, and with its session: browsers open one for each.
type peer struct {
	conn *quic.Conn

	mu       sync.Mutex
	requests int
	idle     *time.Timer
}

type peerKey struct{}

// maxIdle is how long a connection may be open without a request.
const maxIdle = 10 * time.Second

func withPeer(ctx context.Context, c *quic.Conn) context.Context {
	p := &peer{conn: c}
	p.idle = time.AfterFunc(maxIdle, p.close)
	context.AfterFunc(c.Context(), func() { p.idle.Stop() })
	return context.WithValue(ctx, peerKey{}, p)
}

// begin tells that a request is under way.
func (p *peer) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.requests++
	p.idle.Stop()
}

// end is the other half of begin.
func (p *peer) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.requests--; p.requests == 0 && p.conn.Context().Err() == nil {
		p.idle.Reset(maxIdle)
	}
}

func (p *peer) close() {
	_ = p.conn.CloseWithError(quic.ApplicationErrorCode(http3.ErrCodeNoError), "")
}
