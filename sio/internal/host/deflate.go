package host

import "github.com/tornadio/tornadio/sio/internal/web"

// Deflate has the fields of the packages' types of this name, where they are
// described.
type Deflate struct {
	Threshold       int
	ContextTakeover bool
	MaxContexts     int
}

// Web is what the HTTP side knows of it.
func (d *Deflate) Web() *web.Deflate {
	if d == nil {
		return nil
	}
	cfg := &web.Deflate{Threshold: d.Threshold, Takeover: d.ContextTakeover, MaxContexts: d.MaxContexts}
	Set(&cfg.Threshold, 1024)
	Set(&cfg.MaxContexts, 1000)
	return cfg
}

// Check looks for mistakes.
func (d *Deflate) Check(bad Bad) {
	if d == nil {
		return
	}
	bad(d.Threshold >= 0, "PerMessageDeflate.Threshold is %d: write a positive number of bytes, or 0 for the default", d.Threshold)
	bad(d.MaxContexts >= 0, "PerMessageDeflate.MaxContexts is %d: write a positive number, or 0 for the default", d.MaxContexts)
}
