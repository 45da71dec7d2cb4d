package transport

import (
	"github.com/tornadio/tornadio/sio/internal/payload"
	"github.com/tornadio/tornadio/sio/internal/session"
)

// XHR is xhr-polling of revision 1.
type XHR struct{ poll1 }

// NewXHR makes the xhr-polling transport of s.
func NewXHR(s *session.Session) *XHR { return &XHR{poll1{s: s}} }

// Poll takes a GET.
func (p *XHR) Poll(x Exchange) { p.hold(x, 0) }

// Name implements session.Link.
func (p *XHR) Name() string { return NameXHR }

// PostRev1 takes the body of a POST for s, whatever carries it: a payload of
// packets. The answer is "1", as Node's was: some old XHR stacks mishandle an
// empty 200.
func PostRev1(s *session.Session, x Exchange, body []byte) {
	before := s.Enter()
	err := checkText(body)
	if err == nil {
		err = receiveRev1(s, body)
	}
	x.Answer(200, TextUTF8, []byte("1"))
	if err != nil {
		s.Malformed(err)
	}
	s.Leave(before)
}

func receiveRev1(s *session.Session, body []byte) error {
	for len(body) > 0 {
		packet, rest, err := payload.NextRev1(body)
		if err != nil {
			return err
		}
		s.ReceiveRev1(packet)
		body = rest
	}
	return nil
}
