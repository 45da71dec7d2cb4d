package flashpolicy

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

const (
	head = `<?xml version="1.0"?><!DOCTYPE cross-domain-policy SYSTEM "http://www.macromedia.com/xml/dtds/cross-domain-policy.dtd"><cross-domain-policy>`
	foot = `</cross-domain-policy>`

	// MaxPolicy is the size in bytes of the largest policy that [Check] lets
	// through: it is sent to everyone who asks, at once.
	MaxPolicy = 64 << 10
)

// Allow makes a policy from pairs of a host and its ports, each "host:ports".
// host is a name, an address, "*" for all, or "*.example.org" for those below
// example.org; ports are "*", or numbers and ranges with commas between them,
// "80,8000-8010". No pair at all allows nothing to anyone; "*:*" everything to
// everyone.
func Allow(pairs ...string) ([]byte, error) {
	b := []byte(head)
	for _, pair := range pairs {
		i := strings.LastIndexByte(pair, ':')
		if i < 0 || !goodHost(pair[:i]) || !goodPorts(pair[i+1:]) {
			return nil, fmt.Errorf("flashpolicy: Allow(%q): write host:ports, such as \"*:*\", \"example.org:80\" or \"*.example.org:80,8000-8010\"", pair)
		}
		b = append(b, `<allow-access-from domain="`...)
		b = append(b, pair[:i]...)
		b = append(b, `" to-ports="`...)
		b = append(b, pair[i+1:]...)
		b = append(b, `"/>`...)
	}
	return append(b, foot...), nil
}

// everyone is the policy where Config has none.
func everyone() []byte {
	b, _ := Allow("*:*")
	return b
}

func goodHost(host string) bool {
	name := strings.TrimPrefix(host, "*.")
	if host == "*" {
		return true
	}
	for i := range len(name) {
		c := name[i]
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if !letter && c != '.' && c != '-' && c != '_' && c != ':' && c != '[' && c != ']' {
			return false
		}
	}
	return name != ""
}

func goodPorts(ports string) bool {
	if ports == "*" {
		return true
	}
	for part := range strings.SplitSeq(ports, ",") {
		from, to, isRange := strings.Cut(part, "-")
		if !goodPort(from) || isRange && !goodPort(to) {
			return false
		}
	}
	return true
}

func goodPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '+'
}

// Check reports why Flash would not understand a policy: it is to be well-formed
// XML whose root is cross-domain-policy, without a NUL, which ends it, and of at
// most [MaxPolicy] bytes. What the policy allows is not looked at.
func Check(policy []byte) error {
	if len(policy) > MaxPolicy {
		return fmt.Errorf("flashpolicy: the policy has %d bytes; at most %d are sent", len(policy), MaxPolicy)
	}
	if bytes.IndexByte(policy, 0) >= 0 {
		return fmt.Errorf("flashpolicy: the policy has a NUL in it, which ends it; it is added when the policy is sent")
	}
	root := ""
	d := xml.NewDecoder(bytes.NewReader(policy))
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("flashpolicy: the policy is not XML: %w", err)
		}
		if e, ok := t.(xml.StartElement); ok && root == "" {
			root = e.Name.Local
		}
	}
	if root != "cross-domain-policy" {
		return fmt.Errorf("flashpolicy: the policy's root is %q; want cross-domain-policy", root)
	}
	return nil
}

// load is the policy that cfg gives.
func (c *Config) load() ([]byte, error) {
	policy := c.Policy
	switch {
	case c.File != "" && policy != nil:
		return nil, fmt.Errorf("flashpolicy: Config has both File and Policy: give one of them")
	case c.File != "":
		b, err := readAtMost(c.File, MaxPolicy+1)
		if err != nil {
			return nil, fmt.Errorf("flashpolicy: Config.File: %w", err)
		}
		policy = bytes.TrimSuffix(b, []byte{0}) // some files have it
	case policy == nil:
		policy = everyone()
	}
	if err := Check(policy); err != nil {
		return nil, err
	}
	return policy, nil
}

func readAtMost(name string, n int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, n))
}
