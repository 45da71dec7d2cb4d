package packet

import (
	"bytes"
	"encoding/json"
)

// ParseMsgpackText reads what socket.io-msgpack-parser 2, which goes with
// clients 2.x, writes as JSON text: a CONNECT, with its query behind the
// namespace, or a DISCONNECT.
//
//	{"type":0,"nsp":"/chat?token=x","query":"token=x"}
//
// All other packets it writes as version 3 does, see [ParseMsgpack].
func ParseMsgpackText(b []byte) (Packet, error) {
	var in struct {
		Type *float64        `json:"type"`
		Nsp  *string         `json:"nsp"`
		ID   json.RawMessage `json:"id"`
		Data json.RawMessage `json:"data"`
	}
	switch err := json.Unmarshal(b, &in); {
	case err != nil, len(bytes.TrimSpace(b)) == 0:
		return Packet{}, fail(0, reasonPayload)
	case in.Type == nil || *in.Type != float64(Connect) && *in.Type != float64(Disconnect):
		return Packet{}, fail(0, reasonType)
	case in.Nsp == nil:
		return Packet{}, fail(0, reasonNamespace)
	case in.ID != nil:
		return Packet{}, fail(0, reasonID)
	case in.Data != nil:
		return Packet{}, fail(0, reasonPayload)
	}
	p := Packet{Type: Type(*in.Type), Namespace: []byte(*in.Nsp)}
	if len(p.Namespace) == 0 || p.Namespace[0] != '/' {
		p.Namespace = append([]byte{'/'}, p.Namespace...)
	}
	p.SplitQuery()
	return p, nil
}
