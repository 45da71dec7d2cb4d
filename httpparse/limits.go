package httpparse

// Defaults of the zero [Limits].
const (
	DefaultMaxHead      = 16 << 10
	DefaultMaxTarget    = 8 << 10
	DefaultMaxFields    = 100
	DefaultMaxBody      = 1 << 20
	DefaultMaxChunkLine = 256
	DefaultMaxTrailer   = 4 << 10
)

// Limits bound what a peer may send. A zero field means its default; a nil
// *Limits means all defaults. What is exactly at a limit is accepted.
type Limits struct {
	// MaxHead is the size in bytes of a head: start line, fields and the
	// empty line, with an ignored CRLF before it. Above: 431. Default 16 KiB.
	MaxHead int
	// MaxTarget is the size of the request target in bytes. Above: 414.
	// Default 8 KiB.
	MaxTarget int
	// MaxFields is the number of field lines of a head, and of a trailer.
	// Above: 431. Default 100.
	MaxFields int
	// MaxBody is the size of a decoded body in bytes. Above: 413, at once if
	// the length is announced. Default 1 MiB; negative: only empty bodies.
	MaxBody int64
	// MaxChunkLine is the size of one chunk's size line with its extensions,
	// without CRLF. Above: 400. Default 256.
	MaxChunkLine int
	// MaxTrailer is the size of the trailer of a chunked body, its field
	// lines with their CRLFs. Above: 431. Default 4 KiB.
	MaxTrailer int
}

// defaults fills in what l leaves to the package.
func (l *Limits) defaults() (d Limits) {
	if l != nil {
		d = *l
	}
	d.MaxHead = orDefault(d.MaxHead, DefaultMaxHead)
	d.MaxTarget = orDefault(d.MaxTarget, DefaultMaxTarget)
	d.MaxFields = orDefault(d.MaxFields, DefaultMaxFields)
	d.MaxChunkLine = orDefault(d.MaxChunkLine, DefaultMaxChunkLine)
	d.MaxTrailer = orDefault(d.MaxTrailer, DefaultMaxTrailer)
	switch {
	case d.MaxBody == 0:
		d.MaxBody = DefaultMaxBody
	case d.MaxBody < 0:
		d.MaxBody = 0
	}
	return d
}

func orDefault(n, def int) int {
	if n <= 0 {
		return def
	}
	return n
}
