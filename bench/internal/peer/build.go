package peer

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// buildGo compiles a Go program, at another revision of the library if one is
// named.
func (b *Built) buildGo(ctx context.Context, bench, tmp string) error {
	exe := filepath.Join(tmp, strings.ReplaceAll(b.Name, "/", "_"))
	args := []string{"go", "build", "-o", exe}
	b.Version = "this revision"
	if b.ref != "" {
		mod, err := b.checkOut(ctx, bench, tmp)
		if err != nil {
			return err
		}
		args = append(args, "-modfile", mod)
	}
	if _, err := run(ctx, b.dir, append(args, ".")...); err != nil {
		return err
	}
	b.argv = []string{exe}
	return b.versionGo(ctx, exe)
}

// versionGo takes the versions of what a program is made of out of it.
func (b *Built) versionGo(ctx context.Context, exe string) error {
	text, err := run(ctx, b.dir, "go", "version", "-m", exe)
	if err != nil {
		return err
	}
	var parts []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 3 || f[0] != "dep" {
			continue
		}
		for _, name := range []string{"gnet/v2", "gobwas/ws", "socket.io/servers/socket/v3", "go-socket.io"} {
			if strings.HasSuffix(f[1], name) {
				parts = append(parts, name+" "+f[2])
			}
		}
	}
	if b.ref != "" {
		parts = append([]string{"tornadio at " + b.ref}, parts...)
	}
	if b.ref == "" && strings.HasPrefix(b.Name, "ours") {
		parts = append([]string{"tornadio, this revision"}, parts...)
	}
	b.Version = strings.Join(parts, ", ")
	return nil
}

// checkOut lays the library at b.ref into tmp, and writes a go.mod that uses
// it. Nothing in the repository changes.
func (b *Built) checkOut(ctx context.Context, bench, tmp string) (modfile string, err error) {
	sha, err := run(ctx, bench, "git", "rev-parse", "--verify", b.ref+"^{commit}")
	if err != nil {
		return "", err
	}
	dir := filepath.Join(tmp, sha)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	tarball := dir + ".tar"
	if _, err := run(ctx, filepath.Dir(bench), "git", "archive", "-o", tarball, sha); err != nil {
		return "", err
	}
	if _, err := run(ctx, dir, "tar", "xf", tarball); err != nil {
		return "", err
	}
	mod, err := os.ReadFile(filepath.Join(bench, "go.mod"))
	if err != nil {
		return "", err
	}
	sum, err := os.ReadFile(filepath.Join(bench, "go.sum"))
	if err != nil {
		return "", err
	}
	mod = bytes.Replace(mod, []byte("=> ../"), []byte("=> "+dir), 1)
	modfile = dir + ".mod"
	if err := os.WriteFile(modfile, mod, 0o644); err != nil {
		return "", err
	}
	return modfile, os.WriteFile(dir+".sum", sum, 0o644)
}

// buildNode installs the packages of the lock file, once: the stamp is a copy
// of that file, kept where it goes with them.
func (b *Built) buildNode(ctx context.Context) error {
	node, err := run(ctx, b.dir, "node", "--version")
	if err != nil {
		return fmt.Errorf("node is needed: %w", err)
	}
	lock, err := os.ReadFile(filepath.Join(b.dir, "package-lock.json"))
	if err != nil {
		return err
	}
	stamp := filepath.Join(b.dir, "node_modules", ".stamp")
	if had, err := os.ReadFile(stamp); err != nil || !bytes.Equal(had, lock) {
		if _, err := run(ctx, b.dir, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"); err != nil {
			return err
		}
		if err := os.WriteFile(stamp, lock, 0o644); err != nil {
			return err
		}
	}
	b.argv = []string{"node", "--expose-gc", "server.js"}
	b.Version = b.About + ", node " + node
	return nil
}

// buildPython looks whether Debian's packages are there.
func (b *Built) buildPython(ctx context.Context) error {
	v, err := run(ctx, b.dir, "/usr/bin/python3", "server.py", "-version")
	if err != nil {
		return fmt.Errorf("run `.ci/setup python`: %w", err)
	}
	b.argv = []string{"/usr/bin/python3", "server.py"}
	b.Version = v
	return nil
}
