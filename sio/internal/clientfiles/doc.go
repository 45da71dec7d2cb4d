// Package clientfiles serves the clients' own files to browsers: from a file
// system, compressed once and remembered, or by sending them to the CDN.
//
//   - names.go   which files there are, and where they lie
//   - handler.go the answers
//   - file.go    one file, its ETag and its compressed forms
package clientfiles
