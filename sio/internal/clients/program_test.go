package clients

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// program is a server in a process of its own.
type program struct {
	t    *testing.T
	path string
	args []string
	addr string   // host and port: the same after a restart
	over string   // "http", also if it is empty, or "https"
	env  []string // for the scripts that talk to it
	cmd  *exec.Cmd
	logs bytes.Buffer // what it wrote to its standard error; read after exit
	done chan error
}

var printedURL = regexp.MustCompile(`https?://\S+`)

// start runs a program on a port of its choice and waits until it has printed
// its address. It ends with the test.
func start(t *testing.T, path string, args ...string) *program {
	t.Helper()
	p := &program{t: t, path: path, args: args, addr: "127.0.0.1:0"}
	p.launch()
	t.Cleanup(func() {
		p.stop(syscall.SIGTERM)
		if t.Failed() && p.logs.Len() > 0 {
			t.Logf("the program wrote:\n%s", p.logs.String())
		}
	})
	return p
}

func (p *program) launch() {
	p.t.Helper()
	p.cmd = exec.Command(p.path, append([]string{"-addr", p.addr}, p.args...)...)
	p.cmd.Stderr = &p.logs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.done = make(chan error, 1)
	printed := make(chan string, 1)
	cmd, done := p.cmd, p.done
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if found := printedURL.FindString(lines.Text()); found != "" {
				select {
				case printed <- found:
				default: // only the first counts
				}
			}
		}
		close(printed)
		_, _ = io.Copy(io.Discard, out)
		done <- cmd.Wait()
	}()
	p.takeAddress(printed)
}

func (p *program) takeAddress(printed <-chan string) {
	p.t.Helper()
	select {
	case found, ok := <-printed:
		u, err := url.Parse(found)
		if !ok || err != nil {
			p.t.Fatalf("%s printed no address: %v", p.path, p.exit())
		}
		p.addr, p.over = u.Host, u.Scheme
	case <-time.After(20 * time.Second):
		p.stop(syscall.SIGKILL)
		p.t.Fatalf("%s printed no address in 20 s", p.path)
	}
}

// exit waits for the end and gives its error with what was logged.
func (p *program) exit() error {
	err := <-p.done
	p.t.Logf("the program wrote:\n%s", p.logs.String())
	return err
}

func (p *program) url() string { return cmp.Or(p.over, "http") + "://" + p.addr }

// crashed stops the program and reports whether it had ended by a panic.
func (p *program) crashed() bool {
	p.stop(syscall.SIGKILL)
	return bytes.Contains(p.logs.Bytes(), []byte("panic: "))
}

// stop ends the program. Asked politely it must end soon and without an error,
// which a data race found on the way would be as well.
func (p *program) stop(how os.Signal) {
	p.t.Helper()
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Signal(how)
	select {
	case err := <-p.done:
		if how != syscall.SIGKILL && err != nil {
			p.t.Errorf("%s ended with %v\n%s", p.path, err, p.logs.String())
		}
	case <-time.After(15 * time.Second):
		_ = p.cmd.Process.Kill()
		<-p.done
		p.t.Errorf("%s did not end within 15 s of %v", p.path, how)
	}
	p.cmd = nil
}

// restart ends the program and starts it again on the same port.
func (p *program) restart(how os.Signal) {
	p.t.Helper()
	p.stop(how)
	p.launch()
}
