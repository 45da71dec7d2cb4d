package sio_test

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"time"

	"github.com/tornadio/tornadio/sio"
	"github.com/tornadio/tornadio/sio/siotest"
)

// A target is a value: who is meant, and how it is sent.
func ExampleTarget_Except() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer(ns, "join", func(s *sio.Socket, rooms []string) bool { return s.Join(rooms...) == nil })
	clients := map[string]*siotest.Conn{}
	for name, rooms := range map[string][]string{"ann": {"a"}, "bob": {"a", "b"}, "cid": {"c"}} {
		clients[name] = w.Connect(siotest.Client{})
		clients[name].EmitAck("join", rooms).Wait()
	}
	news := ns.To("a", "c").Except("b") // kept, and used as often as one likes
	_ = news.Emit("news", 1)
	_ = news.Compress(false).Volatile().Emit("news", 2)
	w.Advance(time.Second)
	for _, name := range []string{"ann", "bob", "cid"} {
		fmt.Println(name, len(clients[name].Events()))
	}
	// Output:
	// ann 2
	// bob 0
	// cid 2
}

// The clients of a room are sent away.
func ExampleTarget_DisconnectSockets() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	sio.Answer0(ns, "join", func(s *sio.Socket) bool { return s.Join("spammers") == nil })
	bad, good := w.Connect(siotest.Client{}), w.Connect(siotest.Client{})
	bad.EmitAck("join").Wait()
	_ = ns.To("spammers").DisconnectSockets(true)
	fmt.Println(bad.WaitClosed(), good.Joined(), ns.Len())
	// Output: io server disconnect true 1
}

// Hooks on who is in which room, on this server.
func ExampleNamespace_OnJoinRoom() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnJoinRoom(func(s *sio.Socket, room string) { fmt.Println("in", room) })
	ns.OnLeaveRoom(func(s *sio.Socket, room string) { fmt.Println("out of", room) })
	sio.On0(ns, "visit", func(s *sio.Socket) { _ = s.Join("a"); s.Leave("a") })
	w.Connect(siotest.Client{}).Emit("visit")
	w.Advance(time.Second)
	// Output:
	// in a
	// out of a
}

// The children of a parent, as clients make them.
func ExampleNamespace_Children() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{})
	srv.OnNamespace(func(e sio.Endpoint) { fmt.Println("new:", e.Name()) })
	docs := srv.OfMatch(regexp.MustCompile(`^/doc-\d+$`))
	for _, name := range []string{"/doc-1", "/doc-2"} {
		w.Connect(siotest.Client{Namespace: name})
	}
	var names []string
	for child := range docs.Children() {
		names = append(names, child.Name())
	}
	slices.Sort(names)
	fmt.Println(names, docs.Child("/doc-1").Len())
	// Output:
	// new: /doc-1
	// new: /doc-2
	// [/doc-1 /doc-2] 1
}

// Events between the servers of a fleet: see Adapter. Alone, nobody hears them.
func ExampleNamespace_OnServerSide() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	ns := w.Server(sio.Config{}).Of("/")
	ns.OnServerSide("flush", func(e *sio.ServerEvent) {
		var cache string
		_ = e.Decode(&cache)
		fmt.Println("flush", cache)
	})
	fmt.Println(ns.ServerSideEmit("flush", "users"))
	// Output: <nil>
}

// loud is an adapter that says what it is asked.
type loud struct{ sio.Local }

func (l loud) Broadcast(p *sio.Packet, to sio.Selection) error {
	fmt.Println("broadcast", p.Event(), string(p.Args().JSON), "to", to.Rooms, "less", to.Except)
	// Here it would go to the other servers, which make it again:
	k, err := sio.EncodeArgs(p.Event(), p.Args())
	if err != nil {
		return err
	}
	return l.Local.Broadcast(k, to)
}

// An adapter embeds what it is given, and adds the way to other servers.
// Package adaptertest tests it.
func ExampleAdapter() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	srv := w.Server(sio.Config{Adapter: func(l sio.Local) (sio.Adapter, error) { return loud{l}, nil }})
	c := w.Connect(siotest.Client{})
	_ = srv.Of("/").To().Except("x").Emit("news", 1, "a")
	fmt.Println(c.Wait("news").Name, "came")
	// Output:
	// broadcast news 1,"a" to [] less [x]
	// news came
}

// Browsers of other origins, compression, and a cookie for the load balancer.
func ExampleCORS() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	w.Server(sio.Config{
		CORS:              &sio.CORS{Origins: []string{"https://example.com"}, Credentials: true, MaxAge: time.Hour},
		PerMessageDeflate: &sio.Deflate{Threshold: 512},
		Cookie:            &sio.Cookie{Name: "node", Secure: true},
	})
	resp := w.HTTP().Get("/socket.io/?EIO=4&transport=polling", "Origin: https://example.com")
	fmt.Println(resp.Header.Get("Access-Control-Allow-Origin"), resp.Header.Get("Access-Control-Allow-Credentials"))
	// Output: https://example.com true
}

// Who may connect: asked in a goroutine, before anything of a connection exists.
func ExampleConfig_allowRequest() {
	w := siotest.New(nil, siotest.Options{})
	defer w.Close()
	w.Server(sio.Config{
		AllowRequest: func(r *http.Request) error {
			if r.Header.Get("Authorization") == "" {
				return errors.New("sign in first")
			}
			return nil
		},
		OnConnectionError: func(e *sio.ConnectionError) { fmt.Println("refused:", e.Code, e.Context["message"]) },
	})
	fmt.Println(w.Connect(siotest.Client{}).Err())
	fmt.Println(w.Connect(siotest.Client{Header: http.Header{"Authorization": {"x"}}}).Joined())
	// Output:
	// refused: 4 sign in first
	// siotest: refused with status 400: sign in first
	// true
}

// A certificate that is renewed while the server runs, on a port beside the
// plain one.
func ExampleReloadCertificate() {
	srv := sio.New(sio.Config{})
	cert, err := sio.ReloadCertificate("no-such.pem", "no-such.key")
	if err != nil {
		fmt.Println("no certificate")
		return
	}
	_, err = srv.ListenTLS("tcp", ":8443", &tls.Config{GetCertificate: cert.GetCertificate})
	if err == nil {
		err = srv.Run(":8080")
	}
	fmt.Println(err)
	// Output: no certificate
}
