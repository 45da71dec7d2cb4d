package site

import (
	"encoding/json"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"runtime"
)

// Client is a version of the JavaScript client.
type Client struct {
	Version   string
	pkg       string // its folder in node_modules
	file      string // its script in there
	integrity string // of that script, for the CDN's
}

const minified, plain = "dist/socket.io.min.js", "dist/socket.io.js"

// clients are one of each age, the oldest first.
var clients = []Client{
	{"0.7.11", "socket.io-client-0.7", minified, "sha384-bK2x6PB+XN2E5j0lKWgH8DwLHpBKGIAl25YQrk2rRnh/Q1Krg28yBRF85wAYVjcl"},
	{"0.8.7", "socket.io-client-0.8", minified, "sha384-f7jMc87qrzta5Oxg1iWs9z6+uquuCKfna+QEXz8Spzp4mxAyVR38QFCqJHf7qWPB"},
	{"0.9.17", "socket.io-client-0.9", minified, "sha384-4Q4At0XhiBsha+rJwYJoobwTFJRNEXtUlQUGS11/JyEsmWTn5V7oEfS16hNxOrht"},
	{"1.7.4", "socket.io-client-1", minified, "sha384-zH5FpHcuyO+CiYXUIqMEJuJS6Y6dpQ3Ufvw9II/+k58r2rJjoAPNHnn4ivAbdMsm"},
	{"2.5.0", "socket.io-client-2", plain, "sha384-tqdl9kmEvVoNmc1VEJOAh6MHoXRyDLu9H57pwBSQghqNF4NbG7DEA6Pj7oVleGOn"},
	{"3.1.3", "socket.io-client-3", minified, "sha384-cPwlPLvBTa3sKAgddT6krw0cJat7egBga3DJepJyrLl4Q9/5WLra3rrnMcyTyOnh"},
	{"4.8.4", "socket.io-client-4", minified, "sha384-fBrXvbDtHoeKWJ/hcA6M+YGueiDW+h45I7V6F2kD1S8bOkrF9rZYPLVkCR6BLR/1"},
}

// Versions are the versions that {{client}} knows, the oldest first.
func Versions() []string {
	var all []string
	for _, c := range clients {
		all = append(all, c.Version)
	}
	return all
}

func client(version string) (Client, error) {
	for _, c := range clients {
		if c.Version == version {
			return c, nil
		}
	}
	return Client{}, fmt.Errorf("site: no client %s; there are %v", version, Versions())
}

// scriptTag loads a client: the installed one, else the CDN's by its checksum.
func scriptTag(version string) (template.HTML, error) {
	c, err := client(version)
	if err != nil {
		return "", err
	}
	if c.installed() != "" {
		return template.HTML(`<script defer src="` + c.path() + `"></script>`), nil
	}
	return template.HTML(`<script defer src="` + c.cdn() + `" integrity="` + c.integrity + `" crossorigin="anonymous"></script>`), nil
}

// scriptFrom says where a client comes from.
func scriptFrom(version string) (string, error) {
	c, err := client(version)
	if c.installed() != "" {
		return "installed npm package", err
	}
	return "public CDN", err
}

func (c Client) path() string { return "/site/client/" + c.Version + ".js" }

func (c Client) cdn() string {
	return "https://cdn.jsdelivr.net/npm/socket.io-client@" + c.Version + "/" + c.file
}

// installed is the path of the client's script in the examples' npm packages,
// or "" if they are not installed in this very version.
func (c Client) installed() string {
	for _, dir := range packageDirs() {
		dir = filepath.Join(dir, "node_modules", c.pkg)
		about, err := os.ReadFile(filepath.Join(dir, "package.json"))
		if err != nil {
			continue
		}
		var pkg struct{ Version string }
		script := filepath.Join(dir, filepath.FromSlash(c.file))
		if _, err := os.Stat(script); err == nil && json.Unmarshal(about, &pkg) == nil && pkg.Version == c.Version {
			return script
		}
	}
	return ""
}

// packageDirs are the folders that may have node_modules: the examples' own,
// seen from the repository's top, from here and from the source, and the
// program's folder.
func packageDirs() []string {
	dirs := []string{"examples", ".", ".."}
	if exe, err := os.Executable(); err == nil {
		dirs = append(dirs, filepath.Dir(exe))
	}
	if _, source, _, ok := runtime.Caller(0); ok {
		dirs = append(dirs, filepath.Join(filepath.Dir(source), "..", ".."))
	}
	return dirs
}
