package httpparse

import (
	"strconv"
	"time"
)

// Writing is appending. A head is a start line, fields and AppendEnd. What is
// appended can't break out of its line, whatever text it is given.

// AppendStatusLine appends "HTTP/1.1 200 OK" and CRLF. The status is from 100
// to 999; another is written as 500.
func AppendStatusLine(dst []byte, status int) []byte {
	if status < 100 || status > 999 {
		status = 500
	}
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = append(dst, StatusText(status)...)
	return append(dst, "\r\n"...)
}

// AppendField appends one field line. Each byte of the value that can't stand
// there, such as CR, LF and NUL, becomes a space. A name that is not a token
// appends nothing at all (net/http does the same).
func AppendField[V string | []byte](dst []byte, name string, value V) []byte {
	if !ValidName(name) {
		return dst
	}
	dst = append(dst, name...)
	dst = append(dst, ": "...)
	start := len(dst)
	dst = append(dst, value...)
	for i := endOfValue(dst, start); i < len(dst); i = endOfValue(dst, i+1) {
		dst[i] = ' '
	}
	return append(dst, "\r\n"...)
}

// ValidName reports whether name can be the name of a field: a token (RFC 9110
// section 5.1).
func ValidName(name string) bool {
	for i := range len(name) {
		if class[name[i]]&isToken == 0 {
			return false
		}
	}
	return name != ""
}

// AppendContentLength appends the field Content-Length. A negative n appends
// nothing.
func AppendContentLength(dst []byte, n int64) []byte {
	if n < 0 {
		return dst
	}
	dst = append(dst, "Content-Length: "...)
	dst = strconv.AppendInt(dst, n, 10)
	return append(dst, "\r\n"...)
}

// AppendEnd appends the empty line that ends a head.
func AppendEnd(dst []byte) []byte {
	return append(dst, "\r\n"...)
}

// AppendDate appends t as an HTTP date, "Sun, 06 Nov 1994 08:49:37 GMT" (RFC
// 9110 section 5.6.7): the value alone, without name and CRLF.
func AppendDate(dst []byte, t time.Time) []byte {
	return t.UTC().AppendFormat(dst, "Mon, 02 Jan 2006 15:04:05 GMT")
}

// AppendChunk appends p as one chunk. An empty p appends nothing, since an
// empty chunk would end the body.
func AppendChunk(dst, p []byte) []byte {
	if len(p) == 0 {
		return dst
	}
	dst = AppendChunkSize(dst, len(p))
	dst = append(dst, p...)
	return append(dst, "\r\n"...)
}

// AppendChunkSize appends the size line of a chunk whose n bytes of data, n at
// least 1, and CRLF the caller sends itself.
func AppendChunkSize(dst []byte, n int) []byte {
	dst = strconv.AppendInt(dst, int64(n), 16)
	return append(dst, "\r\n"...)
}

// AppendLastChunk appends what ends a chunked body, without trailer.
func AppendLastChunk(dst []byte) []byte {
	return append(dst, "0\r\n\r\n"...)
}

// AppendRequest appends the whole head of a request, for clients and tests.
// The fields are names and values in turn, written as by [AppendField]; the
// field Host is written first. Bytes that can't stand in a target are
// percent-encoded. It panics if the method is not a token or the number of
// fields is odd.
func AppendRequest(dst []byte, method, target, host string, fields ...string) []byte {
	if !ValidName(method) || len(fields)%2 != 0 {
		panic("httpparse: AppendRequest: bad method or odd number of fields")
	}
	dst = append(dst, method...)
	dst = append(dst, ' ')
	dst = appendTarget(dst, target)
	dst = append(dst, " HTTP/1.1\r\n"...)
	dst = AppendField(dst, "Host", host)
	for i := 0; i < len(fields); i += 2 {
		dst = AppendField(dst, fields[i], fields[i+1])
	}
	return AppendEnd(dst)
}

func appendTarget(dst []byte, target string) []byte {
	const digits = "0123456789ABCDEF"
	for i := range len(target) {
		if c := target[i]; c <= ' ' || c == '#' || c >= 0x7f {
			dst = append(dst, '%', digits[c>>4], digits[c&15])
		} else {
			dst = append(dst, c)
		}
	}
	return dst
}
