package wsproto

import "bytes"

// HandshakeError says how to refuse a handshake.
type HandshakeError struct {
	Status int    // HTTP status
	Reason string // text for the answer's body
	Header string // header lines the status asks for, each with its CRLF, or ""
}

func (e *HandshakeError) Error() string { return "websocket handshake: " + e.Reason }

var (
	errMethod     = &HandshakeError{405, "Method Not Allowed", "Allow: GET\r\n"}
	errUpgrade    = &HandshakeError{400, "Upgrade is not websocket", ""}
	errConnection = &HandshakeError{400, "Connection is not upgrade", ""}
	errKey        = &HandshakeError{400, "Bad Sec-WebSocket-Key", ""}
	errVersion    = &HandshakeError{426, "Unsupported Sec-WebSocket-Version",
		"Upgrade: websocket\r\nSec-WebSocket-Version: 13, 8, 7\r\n"}
)

// CheckUpgrade judges a client's opening handshake (RFC 6455, section 4.2.1)
// from its method and the values of Upgrade, Connection,
// Sec-WebSocket-Version and Sec-WebSocket-Key; a header that is missing is
// empty, one that came in several lines is joined with commas. It returns nil
// if the handshake may be accepted. That the request is HTTP/1.1 is for the
// caller to see to.
//
// Versions 7 and 8 are drafts of 2011 (Firefox 6 and Chrome 14), the same on
// the wire as 13.
func CheckUpgrade(method, upgrade, connection, version, key []byte) *HandshakeError {
	switch {
	case string(method) != "GET":
		return errMethod
	case !hasToken(upgrade, "websocket"):
		return errUpgrade
	case !hasToken(connection, "upgrade"):
		return errConnection
	case !versionSupported(version):
		return errVersion
	case !keyValid(key):
		return errKey
	}
	return nil
}

func versionSupported(v []byte) bool {
	switch string(v) {
	case "13", "8", "7":
		return true
	}
	return false
}

// hasToken reports whether a comma-separated list has the token, which is
// lower-case, in any case.
func hasToken(list []byte, token string) bool {
	for more := true; more; {
		var item []byte
		item, list, more = bytes.Cut(list, []byte{','})
		if equalFold(bytes.Trim(item, " \t"), token) {
			return true
		}
	}
	return false
}

// equalFold compares ASCII without regard to case; bytes.EqualFold would also
// take the Kelvin sign for a k. lower is lower-case.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// keySize is the length of a Sec-WebSocket-Key: 16 bytes in base64.
const keySize = 24

// keyValid reports whether key is 16 bytes in base64. Like Node's ws it does
// not look at the four unused bits.
func keyValid(key []byte) bool {
	if len(key) != keySize || string(key[keySize-2:]) != "==" {
		return false
	}
	for _, c := range key[:keySize-2] {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '+', c == '/':
		default:
			return false
		}
	}
	return true
}
