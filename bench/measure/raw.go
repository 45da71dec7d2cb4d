package main

import (
	"encoding/json"
	"net/http/pprof"

	"github.com/tornadio/tornadio/sio"
)

func raw(b []byte) json.RawMessage { return json.RawMessage(b) }

// profile serves net/http/pprof, for looking at where the time goes.
func profile(srv *sio.Server) {
	srv.HandleFunc("/debug/pprof/", pprof.Index)
	srv.HandleFunc("/debug/pprof/profile", pprof.Profile)
}
