package httpparse

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// small limits let the fuzzer meet every bound with short inputs.
var small = Limits{MaxHead: 512, MaxTarget: 64, MaxFields: 8, MaxBody: 128, MaxChunkLine: 24, MaxTrailer: 48}

// seed adds the cases of that kind, as they are in the Markdown files.
func seed(f *testing.F, response bool) {
	for _, c := range loadCases(f) {
		if strings.HasPrefix(c.kind, "response") == response {
			f.Add(c.input, uint(len(c.input)/2), uint(len(c.input)/3))
		}
	}
}

// checkSplits compares the whole input with the input cut at two places and,
// if it is short, at all.
func checkSplits(t *testing.T, kind string, lim Limits, data []byte, at, at2 uint) {
	c := mdCase{kind: kind, limits: lim, input: data}
	want := c.whole()
	cuts := []int{int(at % uint(len(data)+1)), int(at2 % uint(len(data)+1))}
	slices.Sort(cuts)
	if got := c.split(cuts); got != want {
		t.Fatalf("cut at %v of %q\ngot:\n%s\nwhole:\n%s", cuts, data, got, want)
	}
	if len(data) > 300 {
		return
	}
	if got := c.split(slices.Collect(seq(len(data)))); got != want {
		t.Fatalf("byte by byte of %q\ngot:\n%s\nwhole:\n%s", data, got, want)
	}
}

// FuzzRequest: no panic, any split gives the same answer, the end of the head
// is where HeadEnd finds it, and net/http, where it accepts the head too,
// reads the same.
func FuzzRequest(f *testing.F) {
	seed(f, false)
	f.Add([]byte(chromium), uint(100), uint(200))
	f.Fuzz(func(t *testing.T, data []byte, at, at2 uint) {
		checkSplits(t, "request", small, data, at, at2)
		var r Request
		n, err := r.Parse(data, nil)
		if start := CheckStart(data); start != nil && (err == nil || err.Error() != start.Error()) {
			t.Fatalf("CheckStart: %v, Parse: %v", start, err)
		}
		if err != nil {
			return
		}
		if end := HeadEnd(data, 0); end != n {
			t.Fatalf("head of %d bytes, HeadEnd %d", n, end)
		}
		compareNetHTTP(t, &r, data[:n])
	})
}

func compareNetHTTP(t *testing.T, r *Request, head []byte) {
	theirs, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(head)))
	if err != nil {
		return
	}
	if theirs.Method != string(r.Method) || theirs.RequestURI != string(r.Target) {
		t.Fatalf("%q %q, net/http %q %q", r.Method, r.Target, theirs.Method, theirs.RequestURI)
	}
	if chunked := slices.Contains(theirs.TransferEncoding, "chunked"); chunked != r.Chunked {
		t.Fatalf("chunked %v, net/http %v", r.Chunked, chunked)
	}
	if want := max(r.ContentLength, 0); !r.Chunked && theirs.ContentLength != want {
		t.Fatalf("length %d, net/http %d", want, theirs.ContentLength)
	}
	if theirs.Host != string(r.Host) {
		t.Fatalf("host %q, net/http %q", r.Host, theirs.Host)
	}
	for name, values := range theirs.Header {
		if n := r.Count(name); n != len(values) || values[0] != string(r.Get(name)) {
			t.Fatalf("%s: %d fields, first %q; net/http %q", name, n, r.Get(name), values)
		}
	}
}

// FuzzBody: no panic, any split gives the same answer, and what net/http reads
// of a chunked body is the same.
func FuzzBody(f *testing.F) {
	const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, c := range loadCases(f) {
		if _, body, ok := strings.Cut(string(c.input), "chunked\r\n\r\n"); ok {
			f.Add([]byte(body), uint(len(body)/2), uint(len(body)/3))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, at, at2 uint) {
		checkSplits(t, "request", small, append([]byte(head), data...), at, at2)
		var r Request
		var b Body
		if _, err := r.Parse([]byte(head), nil); err != nil {
			t.Fatal(err)
		}
		if err := b.Start(&r, nil); err != nil {
			t.Fatal(err)
		}
		out, _ := readAll(&b, data)
		if !b.Done() {
			return
		}
		theirs, err := io.ReadAll(httputil.NewChunkedReader(bytes.NewReader(data)))
		if err != nil || !bytes.Equal(out, theirs) {
			t.Fatalf("%q, net/http %q, %v", out, theirs, err)
		}
	})
}

// FuzzResponse: no panic, any split gives the same answer.
func FuzzResponse(f *testing.F) {
	seed(f, true)
	f.Fuzz(func(t *testing.T, data []byte, at, at2 uint) {
		checkSplits(t, "response", small, data, at, at2)
		checkSplits(t, "response to HEAD", small, data, at, at2)
	})
}

// FuzzRoundTrip: what we write we can read, whatever text the caller passes.
func FuzzRoundTrip(f *testing.F) {
	f.Add("GET", "/a?b", "host:80", "X-A", "b  c", []byte("hello"), uint8(2), 200)
	f.Add("POST", "/\r\n", "[::1]", "A", "b\r\nC: d", []byte(""), uint8(1), 404)
	f.Fuzz(func(t *testing.T, method, target, host, name, value string, body []byte, size uint8, status int) {
		readAnswer(t, name, value, body, int(size)+1, status)
		readRequest(t, method, target, host, name, value)
	})
}

// cleaned is how a value is read back: without white space around, bytes that
// can't be written as spaces.
func cleaned(value string) string {
	b := []byte(value)
	for i, c := range b {
		if !textByte(c) {
			b[i] = ' '
		}
	}
	return strings.Trim(string(b), " \t")
}

// readAnswer writes and reads a response with the field "X-"+name.
func readAnswer(t *testing.T, name, value string, body []byte, size, status int) {
	status = 200 + max(status, -status, 0)%300
	name = "X-" + name
	out := AppendField(AppendStatusLine(nil, status), name, value)
	out = AppendEnd(AppendField(out, "Transfer-Encoding", "chunked"))
	head := len(out)
	for part := range slices.Chunk(body, size) {
		out = AppendChunk(out, part)
	}
	out = AppendLastChunk(out)
	lim := Limits{MaxHead: len(out), MaxBody: int64(len(body)) + 1}
	var r Response
	n, err := r.Parse(out, &lim)
	if err != nil || n != head || r.Status != status || string(r.Reason) != StatusText(status) {
		t.Fatalf("%q: %d, %v", out, n, err)
	}
	if got := r.Get(name); ValidName(name) && string(got) != cleaned(value) {
		t.Fatalf("%s: %q, got %q", name, value, got)
	}
	if len(r.Fields) != 1 && !ValidName(name) {
		t.Fatalf("%q wrote %q", name, out)
	}
	var b Body
	if r.Status = 200; b.StartResponse(&r, false, &lim) != nil {
		t.Fatal("body refused")
	}
	if got, err := readAll(&b, out[n:]); err != nil || !b.Done() || !bytes.Equal(got, body) {
		t.Fatalf("body %q, got %q, %v", body, got, err)
	}
}

// readRequest writes and reads a request for "/"+target.
func readRequest(t *testing.T, method, target, host, name, value string) {
	if !ValidName(method) || len(method) > maxMethod || method == "CONNECT" || !validHost([]byte(host)) {
		return
	}
	name = "X-" + name
	out := AppendRequest(nil, method, "/"+target, host, name, value)
	lim := Limits{MaxHead: len(out), MaxTarget: len(out)}
	var r Request
	n, err := r.Parse(out, &lim)
	if err != nil || n != len(out) || string(r.Method) != method || string(r.Host) != host {
		t.Fatalf("%q: %d, %v", out, n, err)
	}
	if got := r.Get(name); ValidName(name) && string(got) != cleaned(value) {
		t.Fatalf("%s: %q, got %q", name, value, got)
	}
	if !strings.Contains(target, "%") {
		if got, err := Unescape(nil, r.Target, false); err != nil || string(got) != "/"+target {
			t.Fatalf("target %q, got %q, %v", target, got, err)
		}
	}
}

// FuzzQuery: QueryGet and Unescape read as net/url does.
func FuzzQuery(f *testing.F) {
	for _, s := range []string{"EIO=4&transport=polling", "a=%41+b&&=x&c", "%61+b%2B=1", "%", "a=%zz"} {
		f.Add([]byte(s), "a")
	}
	f.Fuzz(func(t *testing.T, query []byte, key string) {
		var first []byte
		found := false
		for rest := query; len(rest) > 0; {
			var k, v []byte
			k, v, rest = NextPair(rest)
			if name, err := url.QueryUnescape(string(k)); err == nil && name == key && !found {
				first, found = v, true
			}
			ours, err := Unescape(nil, v, true)
			theirs, theirErr := url.QueryUnescape(string(v))
			if (err == nil) != (theirErr == nil) || string(ours) != theirs {
				t.Fatalf("%q: %q %v, net/url %q %v", v, ours, err, theirs, theirErr)
			}
		}
		if raw, ok := QueryGet(query, key); ok != found || !bytes.Equal(raw, first) {
			t.Fatalf("%q in %q: %q %v, want %q %v", key, query, raw, ok, first, found)
		}
	})
}
