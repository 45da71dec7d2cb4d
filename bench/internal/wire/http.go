package wire

import (
	"bytes"
	"errors"
	"strconv"
)

// ErrHTTP is an answer that can't be read.
var ErrHTTP = errors.New("http: bad answer")

// Response is an answer to a request of polling, or to a WebSocket handshake.
type Response struct {
	Status int
	Head   []byte // with its status line
	Body   []byte
	Close  bool // the server closes the connection

	Chunked bool
}

// AppendRequest appends a request. An empty body is sent for POST alone.
// headers are whole lines.
func AppendRequest(dst []byte, method, target, host, headers string, body []byte) []byte {
	dst = append(append(append(dst, method...), ' '), target...)
	dst = append(append(dst, " HTTP/1.1\r\nHost: "...), host...)
	dst = append(append(dst, "\r\n"...), headers...)
	if method == "POST" {
		dst = append(dst, "Content-Length: "...)
		dst = append(strconv.AppendInt(dst, int64(len(body)), 10), "\r\n"...)
	}
	return append(append(dst, "\r\n"...), body...)
}

// ParseHead reads the head at the beginning of b and returns how long it is; 0
// means that b ends before it does.
func ParseHead(b []byte) (r Response, n int, err error) {
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		if len(b) > 64<<10 {
			return r, 0, ErrHTTP
		}
		return r, 0, nil
	}
	head := b[:end+2]
	if len(head) < 13 || !bytes.HasPrefix(head, []byte("HTTP/1.1 ")) {
		return r, 0, ErrHTTP
	}
	if r.Status, err = strconv.Atoi(string(head[9:12])); err != nil {
		return r, 0, ErrHTTP
	}
	r.Head, r.Close = head, bytes.EqualFold(r.Field(head, "connection"), []byte("close"))
	r.Chunked = bytes.EqualFold(r.Field(head, "transfer-encoding"), []byte("chunked"))
	return r, end + 4, nil
}

// ParseResponse reads the answer at the beginning of b and returns how long it
// is; 0 means that b ends before it does.
func ParseResponse(b []byte) (r Response, n int, err error) {
	r, at, err := ParseHead(b)
	if err != nil || at == 0 {
		return r, 0, err
	}
	if r.Status == 101 || r.Status == 204 || r.Status == 304 {
		return r, at, nil
	}
	if r.Chunked {
		body, k, err := parseChunked(b[at:])
		if err != nil || k == 0 {
			return r, 0, err
		}
		r.Body = body
		return r, at + k, nil
	}
	size, err := strconv.Atoi(string(r.Field(r.Head, "content-length")))
	if err != nil || size < 0 {
		return r, 0, ErrHTTP
	}
	if len(b)-at < size {
		return r, 0, nil
	}
	r.Body = b[at : at+size]
	return r, at + size, nil
}

// Field is the value of a field of a head, nil if it is not there. name is in
// small letters.
func (Response) Field(head []byte, name string) []byte {
	for len(head) > 0 {
		line, rest, _ := bytes.Cut(head, []byte("\r\n"))
		head = rest
		if len(line) > len(name) && line[len(name)] == ':' && bytes.EqualFold(line[:len(name)], []byte(name)) {
			return bytes.TrimSpace(line[len(name)+1:])
		}
	}
	return nil
}

func parseChunked(b []byte) (body []byte, n int, err error) {
	for {
		data, k, err := ParseChunk(b[n:])
		if err != nil || k == 0 {
			return nil, 0, err
		}
		n += k
		if len(data) == 0 {
			return body, n, nil
		}
		body = append(body, data...)
	}
}

// ParseChunk reads the chunk at the beginning of b and returns how long it is
// with its line; 0 means that b ends before it does. The last chunk is empty.
func ParseChunk(b []byte) (data []byte, n int, err error) {
	line, rest, ok := bytes.Cut(b, []byte("\r\n"))
	if !ok {
		if len(b) > 1<<10 {
			return nil, 0, ErrHTTP
		}
		return nil, 0, nil
	}
	digits, _, _ := bytes.Cut(line, []byte(";"))
	size, err := strconv.ParseUint(string(digits), 16, 31)
	if err != nil {
		return nil, 0, ErrHTTP
	}
	if len(rest) < int(size)+2 {
		return nil, 0, nil
	}
	return rest[:size], len(line) + 2 + int(size) + 2, nil
}
