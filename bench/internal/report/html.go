package report

import "os"

// WriteHTML writes a page.
func (f *File) WriteHTML(path string) error { return os.WriteFile(path, nil, 0o644) }
