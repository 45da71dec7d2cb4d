package httpparse

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Cases are Markdown files in testdata; README.md there says how to read them.

// mdCase is one case: a heading, the input, and what comes out of it.
type mdCase struct {
	name, kind string
	limits     Limits
	input      []byte
	want       string
}

func TestCases(t *testing.T) {
	t.Parallel()
	for _, c := range loadCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := c.whole(); got != c.want {
				t.Errorf("input %q\ngot:\n%s\nwant:\n%s", c.input, got, c.want)
			}
		})
	}
}

// TestSplits gives each case's input in two parts, split at every byte, and
// byte by byte, and expects the same answer.
func TestSplits(t *testing.T) {
	t.Parallel()
	for _, c := range loadCases(t) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for at := range c.input {
				if got := c.split([]int{at}); got != c.want {
					t.Fatalf("split at %d of %q\ngot:\n%s\nwant:\n%s", at, c.input, got, c.want)
				}
			}
			if got := c.split(slices.Collect(seq(len(c.input)))); got != c.want {
				t.Errorf("byte by byte of %q\ngot:\n%s\nwant:\n%s", c.input, got, c.want)
			}
		})
	}
}

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n && yield(i); i++ {
		}
	}
}

func (c *mdCase) whole() string { return c.split(nil) }

// split feeds the input, cut at the given offsets.
func (c *mdCase) split(cuts []int) string {
	s := newStream(c.kind, c.limits)
	for _, at := range cuts {
		s.feed(c.input[:at])
	}
	s.feed(c.input)
	return s.finish(c.input)
}

// stream reads a connection's messages as a server or client would and writes
// down the events. Each feed passes all bytes since the start.
type stream struct {
	kind   string // request, response, response to HEAD, ... until close
	lim    Limits
	used   int // bytes of the messages and body parts read
	inBody bool
	req    Request
	res    Response
	body   Body
	text   []byte // of the current body
	out    strings.Builder
	err    error
}

func newStream(kind string, lim Limits) *stream { return &stream{kind: kind, lim: lim} }

func (s *stream) feed(data []byte) {
	for s.err == nil {
		before, was := s.used, s.inBody
		if s.inBody {
			s.feedBody(data)
		} else if len(data) > s.used {
			s.feedHead(data[s.used:])
		}
		if s.used == before && s.inBody == was {
			return
		}
	}
}

func (s *stream) feedHead(data []byte) {
	var n int
	var err error
	if s.kind == "request" {
		n, err = s.req.Parse(data, &s.lim)
	} else {
		n, err = s.res.Parse(data, &s.lim)
	}
	if err == ErrMore {
		return
	}
	if err == nil {
		s.head()
		err = s.start()
	}
	s.used += n
	s.inBody = err == nil
	s.fail(err)
	s.feedBody(nil)
}

func (s *stream) start() error {
	if s.kind == "request" {
		return s.body.Start(&s.req, &s.lim)
	}
	return s.body.StartResponse(&s.res, strings.Contains(s.kind, "HEAD"), &s.lim)
}

func (s *stream) feedBody(data []byte) {
	if !s.inBody {
		return
	}
	rest := data[min(s.used, len(data)):]
	for len(rest) > 0 && !s.body.Done() && s.err == nil {
		chunk, n, err := s.body.Next(rest)
		s.text = append(s.text, chunk...)
		rest = rest[n:]
		s.used += n
		s.fail(err)
	}
	if s.body.Done() {
		s.endBody()
	}
}

func (s *stream) endBody() {
	if len(s.text) > 0 {
		fmt.Fprintf(&s.out, "body %q\n", s.text)
	}
	s.out.WriteString("end\n")
	s.text, s.inBody = nil, false
}

func (s *stream) fail(err error) {
	var e *Error
	switch {
	case err == nil:
	case errors.As(err, &e):
		s.err = err
		fmt.Fprintf(&s.out, "%d at %d: %s\n", e.Status, e.Offset, e.Reason)
	default:
		s.err = err
		fmt.Fprintf(&s.out, "%v\n", err)
	}
}

// finish says what the end of the connection leaves.
func (s *stream) finish(data []byte) string {
	if s.err != nil {
		return s.out.String()
	}
	if s.inBody && s.body.state == bodyToClose {
		s.fail(s.body.End())
		s.endBody()
	}
	if s.inBody {
		fmt.Fprintf(&s.out, "body %q\n", s.text)
	}
	if s.inBody || s.used < len(data) {
		s.out.WriteString("more\n")
	}
	return s.out.String()
}

func (s *stream) head() {
	h := &s.res.Head
	if s.kind == "request" {
		h = &s.req.Head
		s.requestLine()
	} else {
		fmt.Fprintf(&s.out, "%d %q\n", s.res.Status, s.res.Reason)
	}
	for _, f := range h.Fields {
		s.out.WriteString(strings.TrimRight(fmt.Sprintf("%s: %s", f.Name, escapeValue(f.Value)), " ") + "\n")
	}
	var notes []string
	for _, n := range []struct {
		text string
		is   bool
	}{
		{"1." + strconv.Itoa(int(h.Minor)), h.Minor != 1},
		{"length " + strconv.FormatInt(h.ContentLength, 10), h.ContentLength >= 0},
		{"chunked", h.Chunked},
		{"close", h.Close},
		{"keep-alive", h.KeepAlive10},
		{"upgrade", h.Upgrade},
		{"expects 100", s.req.Expect100},
	} {
		if n.is {
			notes = append(notes, n.text)
		}
	}
	if len(notes) > 0 {
		fmt.Fprintf(&s.out, "= %s\n", strings.Join(notes, ", "))
	}
}

func (s *stream) requestLine() {
	r := &s.req
	fmt.Fprintf(&s.out, "%s %s", r.Method, r.Path)
	if r.RawQuery != nil {
		fmt.Fprintf(&s.out, " ?%s", r.RawQuery)
	}
	if r.Host != nil {
		fmt.Fprintf(&s.out, " host=%s", r.Host)
	}
	s.out.WriteByte('\n')
}

// escapeValue shows bytes that a reader can't see.
func escapeValue(v []byte) string {
	q := strconv.QuoteToASCII(string(v))
	return strings.ReplaceAll(q[1:len(q)-1], `\"`, `"`)
}

var (
	mdCaseForm = regexp.MustCompile("(?ms)^## ([^\n]+)\n(.*?)^```http( [a-zA-Z ]+)?\n(.*?)^```\n+^```(events|error)\n(.*?)^```$")
	mdLimit    = regexp.MustCompile("`(Max[A-Za-z]+)=(-?[0-9]+)`")
)

func loadCases(t testing.TB) (cases []mdCase) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.md")
	if err != nil || len(files) < 4 {
		t.Fatalf("cases: %v, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(file) == "README.md" {
			continue
		}
		found := mdCaseForm.FindAllStringSubmatch(string(text), -1)
		if n := bytes.Count(text, []byte("\n## ")); len(found) != n || n == 0 {
			t.Fatalf("%s: %d headings, %d cases", file, n, len(found))
		}
		for _, m := range found {
			c := mdCase{name: strings.TrimSuffix(filepath.Base(file), ".md") + "/" + m[1], want: m[6]}
			c.kind = strings.TrimSpace(m[3])
			if c.kind == "" {
				c.kind = "request"
			}
			c.limits = mdLimits(t, m[2])
			c.input = mdInput(t, m[4])
			if (m[5] == "error") != regexp.MustCompile(`(?m)^\d{3} at \d+: `).MatchString(m[6]) {
				t.Fatalf("%s: %s block with %s", c.name, m[5], m[6])
			}
			cases = append(cases, c)
		}
	}
	return cases
}

func mdLimits(t testing.TB, text string) (l Limits) {
	for _, m := range mdLimit.FindAllStringSubmatch(text, -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		switch m[1] {
		case "MaxHead":
			l.MaxHead = n
		case "MaxTarget":
			l.MaxTarget = n
		case "MaxFields":
			l.MaxFields = n
		case "MaxBody":
			l.MaxBody = int64(n)
		case "MaxChunkLine":
			l.MaxChunkLine = n
		case "MaxTrailer":
			l.MaxTrailer = n
		default:
			t.Fatalf("unknown limit %s", m[1])
		}
	}
	return l
}

// mdInput makes bytes of a block: each line ends with CRLF, unless a backslash
// ends it; \r \n \t \s \\ and \xNN are escapes.
func mdInput(t testing.TB, block string) (b []byte) {
	for line := range strings.Lines(block) {
		line = strings.TrimSuffix(line, "\n")
		open := strings.HasSuffix(line, `\`) && !strings.HasSuffix(line, `\\`)
		line = strings.ReplaceAll(strings.TrimSuffix(line, `\`), `\s`, `\x20`)
		if !open && strings.HasSuffix(line, `\`) {
			line += `\`
		}
		text, err := strconv.Unquote(`"` + strings.ReplaceAll(line, `"`, `\"`) + `"`)
		if err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		if b = append(b, text...); !open {
			b = append(b, '\r', '\n')
		}
	}
	return b
}
