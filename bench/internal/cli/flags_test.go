package cli

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/tornadio/tornadio/bench/internal/client"
	"github.com/tornadio/tornadio/bench/internal/peer"
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
		"-peers what", "-peers node4@HEAD", "-server-cpus x", "-client-cpus 3-1",
		// contradictions
		"-url http://127.0.0.1:1 -peers node4", "-url http://127.0.0.1:1 -server-cpus 0", "-url http://127.0.0.1:1 -guard guard.json", "-i-own-this-server",
		"-url http://127.0.0.1:1 -i-own-this-server -pid 1", "-url http://127.0.0.1:1 -tls", "-rate 1 -inflight 2", "-scenario connect -storm -rate 3",
		"-storm", "-binary -scenario rooms", "-room 3", "-slow 0.2", "-between-polls", "-scenario idle -between-polls", "-scenario idle:5@3", "-scenario idle -rate 3",
		"-scenario presence:1", "-scenario slow -n 1", "-binary -proto rev1", "-deflate -proto rev1", "-deflate -transport polling",
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

// TestUsage: the help tells of every flag, scenario and peer.
func TestUsage(t *testing.T) {
	var out strings.Builder
	if _, err := parse([]string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) {
		t.Fatal(err)
	}
	f := flag.NewFlagSet("", flag.ContinueOnError)
	(&settings{}).define(f)
	n := 0
	f.VisitAll(func(f *flag.Flag) {
		n++
		if !strings.Contains(out.String(), "\n  -"+f.Name+" ") {
			t.Errorf("-%s is not in the help", f.Name)
		}
	})
	for _, g := range flagGroups {
		n -= len(g.names)
	}
	if n != 0 {
		t.Errorf("%d flags are in no group, or in two", n)
	}
	for _, name := range append(peer.Names(), "soak", "idle", "Exit code", "compare a.json b.json") {
		if !strings.Contains(out.String(), name) {
			t.Errorf("%s is not in the help", name)
		}
	}
}

// TestFeasible: what cannot be is found before anything is built.
func TestFeasible(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ line, say string }{
		{"-json " + dir + "/no/out.json", "no such file"},
		{"-html " + dir, "is a directory"},
		{"-json " + dir + "/a -md " + dir + "/a", "would both write"},
		{"-guard " + dir + "/none", "no such file"},
		{"-url http://192.0.2.1", "-i-own-this-server"},
		{"-url http://0.0.0.0:80", "write http://127.0.0.1"},
		{"-url http://127.0.0.1:1 -pid 99999999", "no process"},
		{"-scenario idle -n 1000000", "at most"},
	} {
		var out strings.Builder
		set, err := parse(strings.Fields(c.line), &out)
		if err != nil {
			t.Fatal(err)
		}
		err = runSession(context.Background(), set, nil, dir, &out)
		if exitCode(err) != exitUsage || !strings.Contains(err.Error(), c.say) || out.Len() > 0 {
			t.Errorf("%s: %v\n%s", c.line, err, &out)
		}
	}
	if _, err := os.Stat(dir + "/a"); err == nil {
		t.Error("trying left a file")
	}
}

// TestFiles: bounds of what a machine allows.
func TestFiles(t *testing.T) {
	for _, c := range []struct {
		line  string
		limit int
		ok    bool
	}{
		{"-scenario idle -n 18900", 20000, true},
		{"-scenario idle -n 18901", 20000, false},
		{"-scenario echo -n 9450 -transport polling", 20000, true},
		{"-scenario echo -n 9451 -transport polling", 20000, false},
		{"-scenario soak -n 9451", 20000, false},
		{"-scenario idle -n 100000 -transport polling -between-polls", 20000, true},
		{"-url http://127.0.0.1:1 -scenario idle -n 19936", 20000, true},
		{"-url http://127.0.0.1:1 -scenario idle -n 19937", 20000, false},
	} {
		s, err := parse(strings.Fields(c.line), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		if err = (&session{settings: s}).files(c.limit); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.line, err)
		}
	}
}
