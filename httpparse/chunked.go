package httpparse

import "math"

// The chunked coding, RFC 9112 section 7.1, as a machine that takes one byte a
// step; only the data between the size lines is passed on whole. White space
// around sizes and extensions ("BWS") is refused: nobody sends it but those
// who try what happens. Extensions and trailers are checked and dropped.

// maxExcess bounds what a peer makes us read beyond the data: each chunk may
// cost 16 bytes and as much as its data (as net/http counts it). A body in
// chunks of one byte stays far below; one byte behind 200 of extension does
// not get far.
const maxExcess = 16 << 10

// maxSizeDigits is what 64 bits need. More of them can only be zeros in front,
// over which others stumble (net/http refuses them).
const maxSizeDigits = 16

// step takes one byte of the framing.
func (b *Body) step(c byte) error {
	switch {
	case b.state <= chunkLF:
		if b.line++; b.line > b.lim.MaxChunkLine && c != '\r' && c != '\n' {
			return b.fail(400, "chunk line too long")
		}
		if b.state <= chunkDigits {
			return b.stepSize(c)
		}
		return b.stepExtension(c)
	case b.state <= chunkDataLF:
		return b.stepDataEnd(c)
	}
	return b.stepTrailer(c)
}

func (b *Body) stepSize(c byte) error {
	switch {
	case class[c]&isHex != 0 && b.line > maxSizeDigits:
		return b.fail(400, "bad chunk size")
	case class[c]&isHex != 0:
		b.state = chunkDigits
		return b.digit(c)
	case b.state == chunkSize || c != '\r' && c != ';':
		return b.fail(400, "bad chunk size")
	case c == ';':
		b.state = chunkExt
	default:
		b.state = chunkLF
	}
	return nil
}

// digit adds one hexadecimal digit to the size. What goes above the limit of
// the body is refused as soon as that is sure.
func (b *Body) digit(c byte) error {
	d := int64(nibble(c))
	if b.left > math.MaxInt64>>4 || b.left<<4|d > b.lim.MaxBody-b.total {
		return b.fail(413, "body too large")
	}
	b.left = b.left<<4 | d
	return nil
}

// stepExtension takes *( ";" name [ "=" ( token / quoted-string ) ] ) and the
// LF that ends the line.
func (b *Body) stepExtension(c byte) error {
	token := class[c]&isToken != 0
	switch s := b.state; {
	case s == chunkLF && c == '\n':
		return b.lineDone()
	case s == chunkLF:
		return b.fail(400, "bare CR")
	case s == chunkExtStr && c == '"':
		b.state = chunkExtEnd
	case s == chunkExtStr && c == '\\':
		b.state = chunkExtEsc
	case s == chunkExtStr && textByte(c), s == chunkExtEsc && textByte(c):
		b.state = chunkExtStr
	case s == chunkExtStr || s == chunkExtEsc:
		return b.fail(400, "bad chunk extension")
	case s == chunkExt && token:
		b.state = chunkExtName
	case s == chunkExtVal && token:
		b.state = chunkExtTok
	case s == chunkExtVal && c == '"':
		b.state = chunkExtStr
	case s == chunkExtName && token, s == chunkExtTok && token:
	case s == chunkExtName && c == '=':
		b.state = chunkExtVal
	case s == chunkExt || s == chunkExtVal:
		return b.fail(400, "bad chunk extension")
	case c == ';':
		b.state = chunkExt
	case c == '\r':
		b.state = chunkLF
	default:
		return b.fail(400, "bad chunk extension")
	}
	return nil
}

// textByte reports whether c may stand in a field value or a quoted string.
func textByte(c byte) bool {
	return c >= 0x20 && c != 0x7f || c == '\t'
}

// lineDone ends the size line: data follows, or behind size 0 the trailer.
func (b *Body) lineDone() error {
	size := b.left
	b.excess += b.line + 2 - 16 // the line with its CRLF, and the CRLF behind the data
	b.excess = max(b.excess-2*int(min(size, maxExcess)), 0)
	if b.excess > maxExcess {
		return b.fail(400, "too much overhead in chunks")
	}
	b.line = 0
	b.total += size
	if b.state = chunkData; size == 0 {
		b.state = trailerLine
	}
	return nil
}

func (b *Body) stepDataEnd(c byte) error {
	switch {
	case b.state == chunkDataCR && c == '\r':
		b.state = chunkDataLF
	case b.state == chunkDataLF && c == '\n':
		b.state = chunkSize
	default:
		return b.fail(400, "no CRLF behind chunk")
	}
	return nil
}

func (b *Body) stepTrailer(c byte) error {
	if b.state == trailerLine && c == '\r' {
		b.state = trailerEnd
		return nil
	}
	if b.line++; b.line > b.lim.MaxTrailer && b.state != trailerEnd {
		return b.fail(431, "trailer too large")
	}
	token := class[c]&isToken != 0
	switch s := b.state; {
	case s == trailerLine && token:
		if b.fields++; b.fields > b.lim.MaxFields {
			return b.fail(431, "too many fields in trailer")
		}
		b.state = trailerName
	case s == trailerName && token, s == trailerValue && textByte(c):
	case s == trailerName && c == ':':
		b.state = trailerValue
	case s == trailerValue && c == '\r':
		b.state = trailerLF
	case s == trailerLF && c == '\n':
		b.state = trailerLine
	case s == trailerEnd && c == '\n':
		b.state = bodyDone
	default:
		return b.fail(400, "bad trailer")
	}
	return nil
}
