// Command bench loads Socket.IO servers, checks what they answer, and reports
// what it cost them. `go run -C bench . -help` tells how.
package main

import (
	"os"

	"github.com/tornadio/tornadio/bench/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:])) }
