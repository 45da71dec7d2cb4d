package siotest

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/tornadio/tornadio/httpparse"
)

// Response is an answer of HTTP, whole.
type Response struct {
	Status int
	Header http.Header
	Body   []byte
}

var responseLimits = httpparse.Limits{MaxHead: 64 << 10, MaxBody: 1 << 30}

// responses reads answers from the bytes of a connection.
type responses struct {
	buf  []byte
	head httpparse.Response
	body httpparse.Body
	cur  *Response // its head is read
}

// next gives the next answer, nil while it is not whole. toHead says that the
// request was HEAD. Behind a 101 the bytes in buf are another protocol's.
func (r *responses) next(toHead bool) (*Response, error) {
	for r.cur == nil {
		n, err := r.head.Parse(r.buf, &responseLimits)
		if err == httpparse.ErrMore {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		if r.head.Status >= 200 || r.head.Status == 101 {
			r.cur = makeResponse(&r.head)
			if err := r.body.StartResponse(&r.head, toHead, &responseLimits); err != nil {
				return nil, err
			}
		}
		r.buf = r.buf[n:]
	}
	for !r.body.Done() && len(r.buf) > 0 {
		chunk, n, err := r.body.Next(r.buf)
		if err != nil {
			return nil, err
		}
		r.cur.Body = append(r.cur.Body, chunk...)
		r.buf = r.buf[n:]
	}
	if !r.body.Done() {
		return nil, nil
	}
	return r.take(), nil
}

// closed gives the answer whose body ends with the connection.
func (r *responses) closed() *Response {
	if r.cur == nil || r.body.End() != nil {
		return nil
	}
	return r.take()
}

func (r *responses) take() *Response {
	resp := r.cur
	r.cur = nil
	return resp
}

func makeResponse(h *httpparse.Response) *Response {
	resp := &Response{Status: h.Status, Header: make(http.Header, len(h.Fields))}
	for _, f := range h.Fields {
		resp.Header.Add(string(f.Name), string(f.Value))
	}
	return resp
}

// plan is a request before it is bytes.
type plan struct {
	method string
	target string
	header http.Header // of the application
	fields []string    // name, value, name, value
	body   []byte
}

func (p *plan) bytes() []byte {
	b := append([]byte(nil), p.method+" "+p.target+" HTTP/1.1\r\n"...)
	if p.header.Get("Host") == "" {
		b = append(b, "Host: sim\r\n"...)
	}
	for _, name := range sortedKeys(p.header) {
		for _, v := range p.header[name] {
			b = httpparse.AppendField(b, name, v)
		}
	}
	for i := 0; i+1 < len(p.fields); i += 2 {
		b = httpparse.AppendField(b, p.fields[i], p.fields[i+1])
	}
	if p.body != nil || p.method == "POST" {
		b = httpparse.AppendContentLength(b, int64(len(p.body)))
	}
	b = httpparse.AppendEnd(b)
	return append(b, p.body...)
}

// upgradeFields are those of a websocket handshake.
func upgradeFields(key string) []string {
	return []string{
		"Upgrade", "websocket", "Connection", "Upgrade",
		"Sec-WebSocket-Version", "13", "Sec-WebSocket-Key", key,
	}
}

// wrongHead says what is wrong with the head of an answer to a Socket.IO
// request, or "".
func (r *Response) wrongHead(contentType string) string {
	switch {
	case r.Header.Get("Content-Type") != contentType:
		return "Content-Type is " + strconv.Quote(r.Header.Get("Content-Type")) + ", not " + strconv.Quote(contentType)
	case r.Header.Get("Content-Length") != strconv.Itoa(len(r.Body)):
		return "Content-Length is " + strconv.Quote(r.Header.Get("Content-Length"))
	case !strings.EqualFold(r.Header.Get("Cache-Control"), "no-store"):
		return "Cache-Control is " + strconv.Quote(r.Header.Get("Cache-Control")) + ", not no-store"
	}
	return ""
}
