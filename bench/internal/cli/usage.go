package cli

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tornadio/tornadio/bench/internal/peer"
	"github.com/tornadio/tornadio/bench/internal/scenario"
)

const usage = `The load tool for Socket.IO servers of every generation: it loads them, checks
every message that comes back, and reports what the server's process paid.

Try it, from the top of the repository:

  go run -C bench . -scenario echo -n 100 -secs 2
      our own server, started by the tool
  go run -C bench . -scenario echo -n 1000 -secs 10 -repeat 5 -peers floor,node4 -json out.json -html out.html
      the same beside others; relative names of files are below bench/
  go run -C bench . -url http://127.0.0.1:8001 -scenario echo
      a server that runs already; it must do what bench/README.md lists
  go run -C bench . compare a.json b.json
      what changed between two reports beyond the noise
  go run -C bench . simulate -n 100000
      a server and its clients in one process, without sockets

Exit code: 0; 1 a message or a connection was lost, or a run failed; 2 a command
line that can't be; 130 interrupted (what was measured is reported).

Scenarios:
`

// flagGroups are the flags in the order of the help.
var flagGroups = []struct {
	title string
	names []string
}{
	{"What is done", []string{"scenario", "n", "secs", "warm", "repeat", "rate", "inflight", "room", "size", "slow", "storm", "dialling", "between-polls", "binary"}},
	{"To which server", []string{"peers", "ours", "url", "pid", "i-own-this-server", "path"}},
	{"How clients come", []string{"proto", "transport", "tls", "deflate"}},
	{"What is written", []string{"json", "html", "svg", "md", "guard"}},
	{"Where it runs", []string{"server-cpus", "client-cpus"}},
}

func printUsage(out io.Writer, f *flag.FlagSet) {
	fmt.Fprint(out, usage)
	for _, i := range scenario.All {
		fmt.Fprintf(out, "  %-10s %s (%d clients)\n", i.Name, i.Text, i.N)
	}
	fmt.Fprint(out, "\nPeers:\n")
	for _, name := range peer.Names() {
		p, _ := peer.Find(name)
		fmt.Fprintf(out, "  %-10s %s\n", name, p.About)
	}
	for _, v := range peer.Variants {
		fmt.Fprintf(out, "  %-10s %s\n", v.Form, v.About)
	}
	for _, g := range flagGroups {
		fmt.Fprintf(out, "\n%s:\n", g.title)
		for _, name := range g.names {
			printFlag(out, f.Lookup(name))
		}
	}
}

func printFlag(out io.Writer, f *flag.Flag) {
	value, text := flag.UnquoteUsage(f)
	head := strings.TrimSpace("-" + f.Name + " " + value)
	if def := f.DefValue; def != "" && def != "0" && def != "false" && def != "true" {
		text += fmt.Sprintf(" (%s)", def)
	}
	fmt.Fprintf(out, "  %-24s %s\n", head, text)
}
