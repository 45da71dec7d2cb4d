package httpparse

import "bytes"

// BestCoding picks, of the content codings offered, the one that a client
// likes best by its field Accept-Encoding (RFC 9110 section 12.5.3): the
// highest weight, then one that is named rather than meant by "*", then the
// one named first. It gives "" if the client names none of them with a weight
// above 0, or has no such field; an element that can't be read counts for
// nothing. The npm package negotiator, which Node's servers use, picks the
// same.
func BestCoding(accept []byte, offered ...string) string {
	best, bestRank := "", rank{}
	for _, coding := range offered {
		r := codingRank(accept, coding)
		if r.weight > 0 && r.better(bestRank) {
			best, bestRank = coding, r
		}
	}
	return best
}

// rank is how much a client likes a coding.
type rank struct {
	weight int // in thousandths; 0: not at all
	named  bool
	at     int // index of its element
}

func (r rank) better(than rank) bool {
	switch {
	case r.weight != than.weight:
		return r.weight > than.weight
	case r.named != than.named:
		return r.named
	}
	return r.at < than.at
}

func codingRank(list []byte, coding string) (best rank) {
	for at := 0; len(list) > 0; at++ {
		var element []byte
		element, list = NextToken(list)
		name, params, _ := bytes.Cut(element, []byte{';'})
		name = trim(name)
		r := rank{named: EqualFold(name, coding), at: at}
		if !r.named && string(name) != "*" {
			continue
		}
		weight, ok := weight(params)
		if r.weight = weight; ok && (r.named && !best.named || r.named == best.named && weight > best.weight) {
			best = r
		}
	}
	return best
}

// weight reads "q=0.5", in thousandths; without it the weight is 1.
func weight(params []byte) (thousandths int, ok bool) {
	if params = trim(params); len(params) == 0 {
		return 1000, true
	}
	if len(params) < 3 || params[0]|0x20 != 'q' || params[1] != '=' {
		return 0, false
	}
	v := params[2:]
	if v[0] != '0' && v[0] != '1' || len(v) > 5 || len(v) > 1 && v[1] != '.' {
		return 0, false
	}
	n, scale := int(v[0]-'0')*1000, 100
	for _, c := range v[min(2, len(v)):] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n += int(c-'0') * scale
		scale /= 10
	}
	return n, n <= 1000
}
