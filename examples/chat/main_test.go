package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The program runs as a user runs it: it prints its addresses, serves both
// pages with their parts, answers the handshakes of both generations, and ends
// in good order when it is interrupted.
func TestProgram(t *testing.T) {
	program := filepath.Join(t.TempDir(), "chat")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	cmd := exec.Command(program, "-addr", "127.0.0.1:0")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// Whatever goes wrong, neither the reads below nor Wait outlast this.
	defer time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() }).Stop()

	lines := bufio.NewScanner(out)
	lines.Scan()
	modern := lastWord(lines.Text())
	lines.Scan()
	legacy := lastWord(lines.Text())
	checkPages(t, modern, legacy)
	checkHandshakes(t, modern)

	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("interrupted, it ended with %v", err)
	}
}

func lastWord(line string) string { return line[strings.LastIndex(line, " ")+1:] }

func checkPages(t *testing.T, modern, legacy string) {
	t.Helper()
	for url, want := range map[string]string{
		modern: "socket.io-client <b>4.8.4</b>",
		legacy: "socket.io-client <b>0.9.17</b>",
	} {
		page := get(t, url, http.StatusOK)
		if !strings.Contains(page, want) {
			t.Errorf("%s does not contain %q:\n%s", url, want, page)
		}
		if !strings.Contains(page, "Client script: installed npm package") && !strings.Contains(page, "Client script: public CDN") {
			t.Errorf("%s does not say where its client comes from", url)
		}
		for _, part := range localParts.FindAllStringSubmatch(page, -1) {
			get(t, strings.TrimSuffix(modern, "/")+part[1], http.StatusOK)
		}
	}
	get(t, modern+"nothing-here", http.StatusNotFound)
}

var localParts = regexp.MustCompile(`(?:src|href)="(/(?:static|site)/[^"]+)"`)

func checkHandshakes(t *testing.T, url string) {
	t.Helper()
	if body := get(t, url+"socket.io/?EIO=4&transport=polling", http.StatusOK); !strings.HasPrefix(body, `0{"sid":`) {
		t.Errorf("4.x handshake: %s", body)
	}
	if body := get(t, url+"socket.io/1/?t=1", http.StatusOK); !strings.HasSuffix(body, ":websocket,flashsocket,htmlfile,xhr-polling,jsonp-polling") {
		t.Errorf("0.9 handshake: %s", body)
	}
}

func get(t *testing.T, url string, status int) string {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != status {
		t.Errorf("%s: %s, want %d\n%s", url, res.Status, status, body)
	}
	return string(body)
}
