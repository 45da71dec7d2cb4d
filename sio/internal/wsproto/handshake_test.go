package wsproto

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
)

const sampleKey = "dGhlIHNhbXBsZSBub25jZQ==" // RFC 6455, section 1.3

// TestVectors reads the vectors that real servers and clients agree on.
func TestVectors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/vectors-hybi.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Hybi []struct {
			Key, Accept string
			Versions    []int
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Hybi) == 0 {
		t.Fatalf("%d vectors, %v", len(file.Hybi), err)
	}
	for _, v := range file.Hybi {
		if got := AppendAccept([]byte("x"), []byte(v.Key)); string(got) != "x"+v.Accept {
			t.Errorf("%s: accept %s, want %s", v.Key, got, v.Accept)
		}
		for _, version := range v.Versions {
			err := CheckUpgrade([]byte("GET"), []byte("websocket"), []byte("Upgrade"), fmt.Append(nil, version), []byte(v.Key))
			if err != nil {
				t.Errorf("version %d: %v", version, err)
			}
		}
	}
}

func TestCheckUpgrade(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                                  string
		method, upgrade, connection, ver, key string
		want                                  *HandshakeError
	}{
		{"Chrome", "GET", "websocket", "Upgrade", "13", sampleKey, nil},
		{"Firefox", "GET", "websocket", "keep-alive, Upgrade", "13", sampleKey, nil},
		{"Internet Explorer", "GET", "Websocket", "Upgrade", "13", sampleKey, nil},
		{"Firefox 6", "GET", "websocket", "keep-alive, Upgrade", "7", sampleKey, nil},
		{"Chrome 14", "GET", "websocket", "Upgrade", "8", sampleKey, nil},
		{"lists", "GET", "h2c, \tWEBSOCKET ,", ",close,UPGRADE", "13", sampleKey, nil},
		{"key with all signs", "GET", "websocket", "upgrade", "13", "azAZ09+/azAZ09+/azAZ0A==", nil},
		{"POST", "POST", "websocket", "Upgrade", "13", sampleKey, errMethod},
		{"lower-case method", "get", "websocket", "Upgrade", "13", sampleKey, errMethod},
		{"no upgrade", "GET", "", "Upgrade", "13", sampleKey, errUpgrade},
		{"other upgrade", "GET", "h2c", "Upgrade", "13", sampleKey, errUpgrade},
		{"longer upgrade", "GET", "websockets", "Upgrade", "13", sampleKey, errUpgrade},
		{"split upgrade", "GET", "web,socket", "Upgrade", "13", sampleKey, errUpgrade},
		{"Kelvin sign", "GET", "websoc\u212aet", "Upgrade", "13", sampleKey, errUpgrade},
		{"no connection", "GET", "websocket", "", "13", sampleKey, errConnection},
		{"other connection", "GET", "websocket", "keep-alive", "13", sampleKey, errConnection},
		{"not a token", "GET", "websocket", "no upgrade", "13", sampleKey, errConnection},
		{"no version", "GET", "websocket", "Upgrade", "", sampleKey, errVersion},
		{"version 6", "GET", "websocket", "Upgrade", "6", sampleKey, errVersion},
		{"version 14", "GET", "websocket", "Upgrade", "14", sampleKey, errVersion},
		{"two versions", "GET", "websocket", "Upgrade", "13, 8", sampleKey, errVersion},
		{"zero in front", "GET", "websocket", "Upgrade", "013", sampleKey, errVersion},
		{"no key", "GET", "websocket", "Upgrade", "13", "", errKey},
		{"15 bytes", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZ===", errKey},
		{"17 bytes", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZWE=", errKey},
		{"18 bytes", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZWFh", errKey},
		{"short key", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZQ==", errKey},
		{"long key", "GET", "websocket", "Upgrade", "13", sampleKey + "AAAA", errKey},
		{"two keys", "GET", "websocket", "Upgrade", "13", sampleKey + ", " + sampleKey, errKey},
		{"not base64", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZS-ub25jZQ==", errKey},
		{"key with newline", "GET", "websocket", "Upgrade", "13", "dGhlIHNhbXBsZSBub25jZ\n==", errKey},
	}
	for _, test := range tests {
		got := CheckUpgrade([]byte(test.method), []byte(test.upgrade), []byte(test.connection), []byte(test.ver), []byte(test.key))
		if got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
}

// TestHandshakeErrors holds what a refusal has to say (RFC 9110, 15.5.6 and
// 15.5.22; RFC 6455, 4.4).
func TestHandshakeErrors(t *testing.T) {
	t.Parallel()
	for err, want := range map[*HandshakeError]int{
		errMethod: 405, errUpgrade: 400, errConnection: 400, errKey: 400, errVersion: 426,
	} {
		if err.Status != want || err.Reason == "" {
			t.Errorf("%v: status %d, want %d", err, err.Status, want)
		}
		if err.Header != "" && !strings.HasSuffix(err.Header, "\r\n") {
			t.Errorf("%v: header %q without its end", err, err.Header)
		}
	}
	if !strings.Contains(errVersion.Header, "Sec-WebSocket-Version: 13, 8, 7\r\n") ||
		!strings.Contains(errVersion.Header, "Upgrade: websocket\r\n") {
		t.Errorf("426 with %q", errVersion.Header)
	}
	if !strings.Contains(errMethod.Header, "Allow: GET\r\n") {
		t.Errorf("405 with %q", errMethod.Header)
	}
}

// TestAppendSwitching reads our answer with net/http.
func TestAppendSwitching(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ protocol, extra string }{
		{"", ""}, {"chat", ""}, {"", "Server: x\r\n"}, {"chat", "Server: x\r\nSec-WebSocket-Origin: http://a\r\n"},
	} {
		head := AppendSwitching(nil, []byte(sampleKey), []byte(test.protocol), []byte(test.extra))
		r := bufio.NewReader(bytes.NewReader(head))
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%q: %v", head, err)
		}
		if res.StatusCode != 101 || res.Header.Get("Upgrade") != "websocket" || res.Header.Get("Connection") != "Upgrade" ||
			res.Header.Get("Sec-WebSocket-Accept") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" {
			t.Errorf("%q", head)
		}
		_, has := res.Header["Sec-Websocket-Protocol"]
		if has != (test.protocol != "") || res.Header.Get("Sec-WebSocket-Protocol") != test.protocol {
			t.Errorf("protocol %q: %q", test.protocol, head)
		}
		if got := res.Header.Get("Server") != ""; got != (test.extra != "") {
			t.Errorf("extra %q: %q", test.extra, head)
		}
		if !bytes.HasSuffix(head, []byte("\r\n\r\n")) || bytes.Count(head, []byte("\r\n\r\n")) != 1 {
			t.Errorf("end of %q", head)
		}
	}
}
