package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/wire"
)

func TestParse(t *testing.T) {
	s, err := parse(strings.Fields("-scenario echo -n 1000 -secs 10 -repeat 5 -peers floor,node4 -json out.json -html out.html"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(s.peers, " ") != "ours floor node4" || s.repeat != 5 || s.options.Time != 10*time.Second || s.json != "out.json" || s.html != "out.html" {
		t.Errorf("%+v", s)
	}
	jobs := (&session{settings: s}).jobs()
	if len(jobs) != 1 || jobs[0].o.N != 1000 || jobs[0].o.Scenario != "echo" {
		t.Errorf("%+v", jobs)
	}
}

func TestParseCases(t *testing.T) {
	s, err := parse(strings.Fields("-scenario echo:100,rooms:1000@400,polling,idle -n 7,8 -proto rev1 -transport upgrade"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	jobs := (&session{settings: s}).jobs()
	var got []string
	for _, j := range jobs {
		got = append(got, j.o.Scenario+" "+j.setting)
	}
	want := "echo rev1 upgrade|rooms rev1 upgrade 400/s|polling rev1|polling rev1|idle rev1 upgrade|idle rev1 upgrade"
	if strings.Join(got, "|") != want || jobs[1].o.Rate != 400 || jobs[2].o.N != 7 || jobs[3].o.N != 8 {
		t.Errorf("%q %+v", got, jobs)
	}
	if jobs[2].o.Transport != client.Polling || jobs[0].o.Proto != wire.Rev1 {
		t.Errorf("%+v", jobs)
	}
}

func TestParseTransports(t *testing.T) {
	s, err := parse(strings.Fields("-scenario echo -transport websocket,eio3/jsonp,rev1/htmlfile,rev1/xhr-polling"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, j := range (&session{settings: s}).jobs() {
		got = append(got, j.o.Scenario+" "+j.setting)
	}
	if want := "echo |echo eio3 jsonp|echo rev1 htmlfile|echo rev1 polling"; strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, line := range []string{
		"-scenario what", "-scenario ,", "-scenario echo:0", "-scenario echo:x", "-scenario echo@0", "-scenario echo@NaN", "-scenario echo@1e99",
		"-n 0", "-n 1000001", "-n x", "-secs 0", "-secs 604801", "-secs NaN", "-warm -1", "-repeat 0", "-repeat 1001", "-rate -1", "-inflight 0", "-room 0",
		"-size -1", "-size 900001", "-slow 0", "-slow 1", "-dialling 0", "-pid 1", "-proto 5", "-transport flash", "-transport eio4/htmlfile", "-transport htmlfile", "-transport x/polling", "-transport ,", "stray", "-ours=false",
	} {
		if _, err := parse(strings.Fields(line), io.Discard); err == nil {
			t.Errorf("%s was taken", line)
		}
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, c := range []struct {
		line string
		ok   bool
	}{
		{"-url http://127.0.0.1:1", true},
		{"-url http://127.9.9.9:1/", true},
		{"-url http://[::1]:1", true},
		{"-url http://[::ffff:127.0.0.1]:1", true},
		{"-url http://localhost:1", true},
		{"-url https://localhost", true},
		{"-url http://192.0.2.1", false},
		{"-url http://[2001:db8::1]:80", false},
		{"-url http://[::ffff:192.0.2.1]:80", false},
		{"-url http://0.0.0.0:80", false},
		{"-url http://192.0.2.1 -i-own-this-server", true},
		{"-url ftp://127.0.0.1", false},
		{"-url 127.0.0.1:80", false},
		{"-url http://", false},
	} {
		s, err := parse(strings.Fields(c.line), io.Discard)
		if err == nil {
			_, err = s.target()
		}
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", c.line, err)
		}
		if strings.Contains(c.line, "192.0.2.1:80") && err != nil && !strings.Contains(err.Error(), "-i-own-this-server") {
			t.Errorf("%s: %v does not say what to do", c.line, err)
		}
	}
}

func TestTarget(t *testing.T) {
	s, err := parse(strings.Fields("-url https://127.0.0.1:8443/chat/io/ -pid 3"), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	target, err := s.target()
	if err != nil || target.Addr.String() != "127.0.0.1:8443" || target.PID != 3 || !s.tls || s.options.Path != "/chat/io" {
		t.Errorf("%+v %+v %v", target, s, err)
	}
}

func TestCPUs(t *testing.T) {
	got, err := parseCPUs("0,2-4")
	if err != nil || len(got) != 4 || got[3] != 4 {
		t.Error(got, err)
	}
	for _, bad := range []string{"x", "3-1", "-1", "1-", "9999"} {
		if _, err := parseCPUs(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
