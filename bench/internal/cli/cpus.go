package cli

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
)

// cpus settles who runs where: the server has the first CPU for itself, the
// tool the others.
func (s *settings) cpus() (server, client string) {
	pick := func(text, auto string) string {
		switch {
		case text == "none" || text == "auto" && runtime.NumCPU() < 2:
			return ""
		case text == "auto":
			return auto
		}
		return text
	}
	others := "1"
	if n := runtime.NumCPU(); n > 2 {
		others = "1-" + strconv.Itoa(n-1)
	}
	return pick(s.server, "0"), pick(s.client, others)
}

// parseCPUs reads a list as of taskset.
func parseCPUs(text string) ([]int, error) {
	var cpus []int
	for _, part := range list(text) {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		a, err1 := strconv.Atoi(from)
		b, err2 := strconv.Atoi(to)
		if err1 != nil || err2 != nil || a < 0 || b < a || b > 4095 {
			return nil, fmt.Errorf("%q is no list of CPUs: write 1 or 0-3 or 0,2", text)
		}
		for i := a; i <= b; i++ {
			cpus = append(cpus, i)
		}
	}
	return cpus, nil
}
