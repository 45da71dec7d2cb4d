package clients

import (
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"github.com/tornadio/tornadio/sio"
)

// TestReference makes the same raw requests to the reference server and to
// ours, with the same options, and compares the answers: status, body, and
// every field that the reference sends. Where we differ on purpose the table
// says so.
func TestReference(t *testing.T) {
	t.Parallel()
	for _, p := range referenceProfiles {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			theirs := start(t, "scripts/reference.mjs", p.name).addr
			ours := serve(t, p.config)
			for _, c := range p.cases {
				t.Run(c.name, func(t *testing.T) { c.compare(t, theirs, ours) })
			}
		})
	}
}

// serve runs a server of ours until the test ends.
func serve(t *testing.T, cfg sio.Config) (addr string) {
	t.Helper()
	cfg.Loops, cfg.Logger = 2, slog.New(slog.DiscardHandler)
	srv := sio.New(cfg)
	sio.On(srv.Of("/"), "big", func(s *sio.Socket, n int) { _ = s.Emit("big", strings.Repeat("x", n)) })
	at, err := srv.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = srv.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = srv.Shutdown(ctx)
	})
	return at.String()
}

// exchange is a case of TestReference: requests, one after the other. "{sid}"
// stands for the session that the first answer opened.
type exchange struct {
	name string
	asks []ask
}

type ask struct {
	method, target string
	fields         string // lines
	body           string
	// differs are the parts in which our answer differs on purpose: "status",
	// "body", "close" or a field, with the reason.
	differs differences
}

func (c exchange) compare(t *testing.T, theirs, ours string) {
	want, got := c.run(t, theirs), c.run(t, ours)
	for i, a := range c.asks {
		unused := maps.Clone(a.differs)
		for _, d := range diff(want[i], got[i]) {
			part, _, _ := strings.Cut(d, ":")
			switch {
			case a.differs[part] != "":
				delete(unused, part)
			default:
				t.Errorf("%s %s %q: %s", a.method, a.target, a.fields, d)
			}
		}
		for part := range unused {
			t.Errorf("%s %s: %s does not differ any more", a.method, a.target, part)
		}
	}
}

// differences are parts of an answer and why they differ.
type differences map[string]string

// said is an answer with what differs each time taken out.
type said struct {
	status int
	header http.Header
	body   string
	closes bool
}

// added are the fields that only our answers have: they must not be cached,
// and say so everywhere.
var added = []string{"Date", "Cache-Control", "Connection"}

// diff lists how our answer differs from theirs.
func diff(want, got said) (all []string) {
	if want.status != got.status {
		all = append(all, fmt.Sprintf("status: theirs is %d, ours %d", want.status, got.status))
	}
	if want.body != got.body {
		all = append(all, fmt.Sprintf("body: theirs is %.300q, ours %.300q", want.body, got.body))
	}
	if want.closes != got.closes {
		all = append(all, fmt.Sprintf("close: theirs says %v, ours %v", want.closes, got.closes))
	}
	for name, v := range want.header {
		if !slices.Contains([]string{"Date", "Connection", "Keep-Alive"}, name) && !slices.Equal(v, got.header[name]) {
			all = append(all, fmt.Sprintf("%s: theirs is %q, ours %q", name, v, got.header[name]))
		}
	}
	for name, v := range got.header {
		_, both := want.header[name]
		if name == "Content-Length" && !both { // where theirs come in chunks
			continue
		}
		if !both && !slices.Contains(added, name) {
			all = append(all, fmt.Sprintf("%s: theirs is missing, ours %q", name, v))
		}
	}
	return all
}

var idPattern = regexp.MustCompile(`(\\?"sid\\?":\\?")([^"\\]+)`)

func (c exchange) run(t *testing.T, addr string) (answers []said) {
	sid := ""
	for _, a := range c.asks {
		got := a.do(t, addr, strings.ReplaceAll(a.target, "{sid}", sid))
		if m := idPattern.FindStringSubmatch(got.body); m != nil && sid == "" {
			sid = m[2]
		}
		got.body = idPattern.ReplaceAllString(got.body, "${1}SID")
		for _, values := range got.header {
			if sid == "" {
				break
			}
			for i, v := range values {
				values[i] = strings.ReplaceAll(v, sid+";", "SID;")
			}
		}
		answers = append(answers, got)
	}
	return answers
}

// do makes one request on a connection of its own.
func (a ask) do(t *testing.T, addr, target string) said {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	fields := a.fields
	if a.method == "POST" {
		fields += fmt.Sprintf("Content-Length: %d\r\n", len(a.body))
	}
	_, _ = fmt.Fprintf(c, "%s %s HTTP/1.1\r\nHost: x\r\n%s\r\n%s", a.method, target, fields, a.body)
	res, err := http.ReadResponse(bufio.NewReader(c), &http.Request{Method: a.method})
	if err != nil {
		return said{status: -1} // closed without an answer
	}
	defer res.Body.Close()
	got := said{status: res.StatusCode, header: res.Header, closes: res.Close}
	if res.StatusCode == 101 {
		return got
	}
	b, err := io.ReadAll(unpacked(t, res))
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal(err)
	}
	got.body = string(b)
	return got
}

// unpacked is an answer's body without its coding.
func unpacked(t *testing.T, res *http.Response) (body io.Reader) {
	t.Helper()
	var err error
	switch res.Header.Get("Content-Encoding") {
	case "gzip":
		body, err = gzip.NewReader(res.Body)
	case "deflate":
		body, err = zlib.NewReader(res.Body)
	case "br":
		body = brotli.NewReader(res.Body)
	default:
		return res.Body
	}
	if err != nil {
		t.Fatal(err)
	}
	res.Header.Del("Content-Length") // of compressed bytes
	return body
}

// clientDist is where the reference keeps the files that it serves.
var clientDist = os.DirFS("node_modules/socket.io/client-dist")
