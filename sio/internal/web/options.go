package web

// Options are the less usual ones of Engine.IO. All zero, no request pays for
// them.
type Options struct {
	// CORS, if set, is who may read answers; nil leaves Engine.IO's without a
	// field, and lets every origin use revision 1.
	CORS *CORS
}
