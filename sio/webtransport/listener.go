package webtransport

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/quic-go/quic-go"
	"github.com/quic-go/quic-go/http3"
	wt "github.com/quic-go/webtransport-go"

	"github.com/tornadio/tornadio/ioloop"
	"github.com/tornadio/tornadio/sio/internal/host"
	"github.com/tornadio/tornadio/sio/internal/web"
)

// listener is one UDP port. It is a host.Guest: the server starts and ends it.
type listener struct {
	host  *host.Host
	front *web.Front
	cfg   Config
	pc    net.PacketConn

	udp    *quic.Transport
	quic   *quic.EarlyListener
	server *wt.Server

	conns atomic.Int64  // QUIC connections
	next  atomic.Uint32 // loop of the next session

	mu       sync.Mutex
	refusing bool
	sessions sync.WaitGroup // entered under mu, while not refusing

	closing sync.Once
	closed  chan struct{}
	hurry   chan struct{} // closed some time after the shutdown has begun
}

// What a QUIC connection may open and have in flight. A session needs one
// stream beside the request's, browsers open a few of no meaning (RFC 9114,
// 6.2.3), and HTTP/3 three in one direction. What nobody reads stays within the
// windows.
const (
	maxStreams    = 16
	maxUniStreams = 16
	streamWindow  = 256 << 10
	connWindow    = 512 << 10
)

// Start implements host.Guest.
func (l *listener) Start() error {
	l.udp = &quic.Transport{
		Conn:                l.pc,
		ConnContext:         l.admit,
		VerifySourceAddress: func(net.Addr) bool { return l.conns.Load() >= int64(l.cfg.MaxConns+3)/4 },
	}
	h3 := &http3.Server{
		Handler:        http.HandlerFunc(l.handle),
		MaxHeaderBytes: l.front.MaxHead(),
		ConnContext:    withPeer,
	}
	wt.ConfigureHTTP3Server(h3)
	l.server = &wt.Server{H3: h3, ReorderingTimeout: l.front.UpgradeTimeout(), CheckOrigin: func(*http.Request) bool { return true }}
	var err error
	l.quic, err = l.udp.ListenEarly(http3.ConfigureTLSConfig(l.cfg.TLS), &quic.Config{
		HandshakeIdleTimeout:             l.cfg.HandshakeTimeout,
		MaxIdleTimeout:                   l.front.Silence(),
		KeepAlivePeriod:                  l.front.KeepAlive(),
		InitialStreamReceiveWindow:       streamWindow / 4,
		MaxStreamReceiveWindow:           streamWindow,
		InitialConnectionReceiveWindow:   connWindow / 4,
		MaxConnectionReceiveWindow:       connWindow,
		MaxIncomingStreams:               maxStreams,
		MaxIncomingUniStreams:            maxUniStreams,
		EnableDatagrams:                  true, // a browser insists on them
		EnableStreamResetPartialDelivery: true, // and webtransport-go on these
	})
	if err != nil {
		return err
	}
	go l.accept()
	go func() { // the loops may end without a shutdown
		select {
		case <-l.host.Group().Done():
			l.close()
		case <-l.closed:
		}
	}()
	return nil
}

var errMany = errors.New("webtransport: too many connections")

// admit counts a QUIC connection that begins its handshake.
func (l *listener) admit(ctx context.Context, _ *quic.ClientInfo) (context.Context, error) {
	if l.conns.Add(1) > int64(l.cfg.MaxConns) {
		l.conns.Add(-1)
		l.front.CountRefused(http.StatusServiceUnavailable)
		return nil, errMany
	}
	context.AfterFunc(ctx, func() { l.conns.Add(-1) })
	return ctx, nil
}

// accept serves connections until the listener closes. Each costs quic-go some
// goroutines.
func (l *listener) accept() {
	for {
		c, err := l.quic.Accept(context.Background())
		if err != nil {
			return
		}
		go func() { _ = l.server.ServeQUICConn(c) }()
	}
}

// loop chooses where a new session lives: each loop in its turn.
func (l *listener) loop() *ioloop.Loop {
	loops := l.host.Group().Loops()
	return loops[int(l.next.Add(1))%len(loops)]
}

// enter counts a session, unless the server shuts down.
func (l *listener) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.refusing {
		l.sessions.Add(1)
	}
	return !l.refusing
}

// Refuse implements host.Guest.
func (l *listener) Refuse() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.refusing {
		l.refusing = true
		time.AfterFunc(inShutdown, func() { close(l.hurry) })
	}
}

// Drain implements host.Guest.
func (l *listener) Drain(ctx context.Context) error {
	defer l.close()
	l.Refuse()
	done := make(chan struct{})
	go func() { l.sessions.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends all connections and the socket.
func (l *listener) close() {
	l.closing.Do(func() {
		l.Refuse()
		close(l.closed)
		if l.server != nil {
			_ = l.server.Close()
		}
		if l.quic != nil {
			_ = l.quic.Close()
			_ = l.udp.Close()
		}
		_ = l.pc.Close()
	})
}
