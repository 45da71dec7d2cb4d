package clients

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// The clients of 0.7 to 0.9, side by side: one server, one process that runs
// them, and a subtest for each version and transport. The steps are in
// scripts/rev1/steps.mjs.

// versions of revision 1, as the npm packages beside the examples are named.
var rev1Versions = map[string]string{"0.7": "0.7.11", "0.8": "0.8.7", "0.9": "0.9.17"}

// matrix is one run of a script of scripts/rev1.
type matrix struct {
	p       *program
	script  []string // and its arguments
	browser bool     // it runs in one: see browsers
	names   []string

	once  sync.Once
	lines map[string][]string // by whose they are
	fault string
}

// rev1Program builds the server once.
var rev1Program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(examplePrograms, "rev1server")
	return path, build(path, "github.com/tornadio/tornadio/sio/internal/clients/rev1server")
})

// startRev1 runs the server, which also serves the clients and their pages.
func startRev1(t *testing.T, args ...string) *program {
	t.Helper()
	path, err := rev1Program()
	if err != nil {
		t.Fatal(err)
	}
	return start(t, path, append([]string{"-modules", "../../../examples/node_modules", "-scripts", "scripts/rev1"}, args...)...)
}

// run has every version over every transport go through its steps. The subtests
// are added before any of them waits, so that one run does for those that were
// asked for with -run.
func (m *matrix) run(t *testing.T, versions, transports []string) {
	t.Helper()
	m.lines = make(map[string][]string)
	for _, version := range versions {
		for _, transport := range transports {
			t.Run(rev1Versions[version]+"/"+transport, func(t *testing.T) {
				name := version + "/" + transport
				m.names = append(m.names, name)
				t.Parallel()
				m.once.Do(func() { m.execute(t) })
				m.report(t, name)
			})
		}
	}
}

// execute runs the script to its end.
func (m *matrix) execute(t *testing.T) {
	if m.browser {
		browsers <- struct{}{}
		defer func() { <-browsers }()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	args := append(append(append([]string{}, m.script...), m.p.url()), m.names...)
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Env = append(cmd.Environ(), m.p.env...)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		switch line := lines.Text(); line {
		case "@restart":
			m.p.restart(syscall.SIGTERM)
		case "@crash":
			m.p.restart(syscall.SIGKILL)
		default:
			whose, what, _ := strings.Cut(line, " ")
			m.lines[whose] = append(m.lines[whose], what)
		}
	}
	if err := cmd.Wait(); err != nil {
		m.fault = err.Error() + "\n" + complaints.String()
	}
	m.empty(t)
}

// report tells what the script said of one.
func (m *matrix) report(t *testing.T, name string) {
	for _, line := range m.lines[name] {
		t.Log(line)
	}
	if n := len(m.lines[name]); n == 0 || m.lines[name][n-1] != "finished" {
		t.Errorf("%s has not finished\n%s", name, m.fault)
	}
}

// empty waits until the server has forgotten everyone. A client whose process
// ends at once may not have said goodbye: it is missed after the close timeout.
func (m *matrix) empty(t *testing.T) {
	var left struct {
		Sessions    int `json:"active_sessions"`
		Connections int `json:"active_connections"`
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	defer client.CloseIdleConnections()
	again := time.NewTicker(100 * time.Millisecond)
	defer again.Stop()
	for range 900 {
		if r, err := client.Get(m.p.url() + "/stats"); err == nil {
			err = json.NewDecoder(r.Body).Decode(&left)
			_ = r.Body.Close()
			if err == nil && left.Sessions == 0 && left.Connections == 0 {
				return
			}
		}
		<-again.C
	}
	t.Errorf("sessions and connections are left: %+v", left)
}
