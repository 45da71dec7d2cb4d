package sio_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"

	"github.com/tornadio/tornadio/sio"
)

// Who is let in, from where, and where browsers get the client.
func ExampleConfig() {
	session := func(r *http.Request) error { // may ask a database: it runs in a goroutine
		if _, err := r.Cookie("session"); err != nil {
			return errors.New("log in first")
		}
		return nil
	}
	srv := sio.New(sio.Config{
		AllowRequest: session,
		CORS:         &sio.CORS{Origins: []string{"https://app.example"}, Credentials: true},
		ClientFiles:  os.DirFS("node_modules/socket.io/client-dist"),
		OnConnectionError: func(e *sio.ConnectionError) {
			fmt.Println(e.Code, e.Message, e.Context)
		},
	})
	fmt.Println(srv.Err())
	// Output: <nil>
}
