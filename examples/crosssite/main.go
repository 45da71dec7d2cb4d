// Command crosssite has its page on one port and the Socket.IO server on
// another. For a browser these are two origins: what the page may read from the
// server, and whether its cookies go along, is the server's to say.
package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/url"

	"github.com/tornadio/tornadio/examples/internal/site"
	"github.com/tornadio/tornadio/sio"
)

//go:embed page
var files embed.FS

// Visitor is a client from the other origin.
type Visitor struct {
	sio.Socket
	name string
}

// Hello is what the server learnt from the visitor's handshake.
type Hello struct {
	Name      string `json:"name"`
	Origin    string `json:"origin"`
	Transport string `json:"transport"`
}

// OnOpen knows the visitor by the cookie that the page's server has set. An
// error refuses the client, who reads its text.
func (v *Visitor) OnOpen(h *sio.Handshake) error {
	v.name, _ = url.QueryUnescape(h.Cookie("name"))
	if v.name == "" {
		return errors.New("no cookie came along")
	}
	return v.Emit("hello", Hello{v.name, h.Header("Origin"), h.Transport()})
}

// Say is the event "say".
func (v *Visitor) Say(text string) {
	v.Emit("said", "You", text)
	v.Broadcast().Emit("said", v.name, text)
}

// newServer is the Socket.IO server, for pages of one origin.
func newServer(origin string) *sio.Server {
	srv := sio.New(sio.Config{
		// Browsers let that origin's pages read the answers, and send cookies
		// with the requests. With cookies "*" is not enough for them: the origin
		// has to be named.
		CORS: &sio.CORS{Origins: []string{origin}, Credentials: true},
		// A websocket is not bound by CORS: any page may open one, and its
		// cookies go along. So who is asked about the origin here, too.
		AllowRequest: func(r *http.Request) error {
			if from := r.Header.Get("Origin"); from != "" && from != origin {
				return errors.New("this origin is not welcome")
			}
			return nil
		},
	})
	visitors := sio.Of[Visitor](srv, "/", nil)
	sio.On(visitors, "say", (*Visitor).Say)
	return srv
}

// pages is the other server: ordinary net/http, which knows nothing of
// Socket.IO but where it is.
func pages(serverPort int) http.Handler {
	type view struct {
		site.Generation
		Port int
	}
	s := site.New(files)
	s.Page("/{$}", "crosssite.html", view{site.Today, serverPort})
	s.Page("/legacy", "crosssite.html", view{site.Legacy, serverPort})
	mux := http.NewServeMux()
	mux.Handle("/", s)
	mux.HandleFunc("POST /name", func(w http.ResponseWriter, r *http.Request) {
		name := r.FormValue("name")
		c := &http.Cookie{Name: "name", Value: url.QueryEscape(name[:min(len(name), 100)]), Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
		if name == "" {
			c.MaxAge = -1 // forget it
		}
		http.SetCookie(w, c) // cookies know hosts, not ports: the other server gets it too
		w.WriteHeader(http.StatusNoContent)
	})
	return mux
}

func main() {
	addr := flag.String("addr", "127.0.0.1:8001", "address of the page")
	server := flag.String("server", "127.0.0.1:8002", "address of the Socket.IO server")
	origin := flag.String("origin", "", "the page's origin, as browsers see it (default http:// and -addr)")
	flag.Parse()
	page, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	if *origin == "" {
		*origin = "http://" + page.Addr().String()
	}
	srv := newServer(*origin)
	at, err := srv.Listen("tcp", *server)
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(http.Serve(page, pages(at.(*net.TCPAddr).Port))) }()
	fmt.Printf("Socket.IO 4.x  %s/\nSocket.IO 0.9  %s/legacy\nThe server     http://%s/socket.io/\n", *origin, *origin, at)
	if err := srv.Run(); err != nil {
		log.Fatal(err)
	}
}
