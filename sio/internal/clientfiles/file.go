package clientfiles

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

// maxFile is the largest file that is served; the largest of socket.io 4.8 has
// 308 kB. With the count of names it bounds what is remembered.
const maxFile = 4 << 20

var errTooLarge = errors.New("client file is larger than 4 MiB")

// file is one file of the file system and what was made of it. It does not
// change; when the file does, another one takes its place.
type file struct {
	size    int64
	changed time.Time
	data    []byte
	etag    string // without quotes

	mu     sync.Mutex
	packed map[string][]byte // by coding
}

func sameFile(f *file, info fs.FileInfo) bool {
	return f != nil && f.size == info.Size() && f.changed.Equal(info.ModTime())
}

// load reads a file.
func load(files fs.FS, name string, info fs.FileInfo) (*file, error) {
	data, err := readAll(files, name)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	f := &file{size: info.Size(), changed: info.ModTime(), data: data, packed: make(map[string][]byte)}
	f.etag = base64.RawURLEncoding.EncodeToString(sum[:15])
	return f, nil
}

func readAll(files fs.FS, name string) ([]byte, error) {
	r, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = errTooLarge
	}
	return data, err
}

// in gives the file in a coding, made at the first request for it.
func (f *file) in(coding string, files fs.FS, name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	p, ok := f.packed[coding]
	if !ok {
		p = f.pack(coding, files, name)
		f.packed[coding] = p
	}
	return p
}

func (f *file) pack(coding string, files fs.FS, name string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "br":
		if p, err := readAll(files, name+".br"); err == nil {
			return p
		}
		w = brotli.NewWriter(&b) // at its default level: 10 ms for the largest file
	case "gzip":
		w = gzip.NewWriter(&b)
	default: // "deflate" is zlib's format, RFC 9110 section 8.4.1.2
		w = zlib.NewWriter(&b)
	}
	_, _ = w.Write(f.data) // a Buffer takes all
	_ = w.Close()
	return b.Bytes()
}
