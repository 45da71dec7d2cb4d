package web

import "github.com/tornadio/tornadio/flashpolicy"

// takePolicy answers a request for Flash's policy file, which clients send to
// the port itself where nobody answers them at port 843. No request of HTTP
// begins with its first byte. It reports false for anything else.
func (w *Conn) takePolicy(data []byte) (used int, ok bool) {
	p := w.sh.front.cfg.FlashPolicy
	if p == nil || w.c.Secure() {
		return 0, false // Flash asks in the clear
	}
	switch flashpolicy.Match(data) {
	case flashpolicy.More:
		if w.scanned == 0 {
			w.deadline(p.Wait())
		}
		w.scanned = len(data)
		return 0, true
	case flashpolicy.Asked:
		w.phase = phaseOver
		w.sh.loop.StopTimer(&w.timer)
		p.Answer(w.c)
		return len(data), true
	}
	w.scanned = 0 // it is judged as the start of a request, from its first byte
	return 0, false
}
