package clients

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
)

// The programs under test, built once.
var chatProgram, echoProgram string

// examplePrograms is the folder of all examples' programs.
var examplePrograms string

func TestMain(m *testing.M) {
	os.Exit(prepareAndRun(m))
}

func prepareAndRun(m *testing.M) int {
	if err := findClients(); err != nil {
		fmt.Fprintf(os.Stderr, "clients: %v\nclients: run 'make clients' (or 'make test'), which installs what is missing\n", err)
		return 1
	}
	dir, err := os.MkdirTemp("", "tornadio-clients")
	if err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		return 1
	}
	defer os.RemoveAll(dir)
	examplePrograms = filepath.Join(dir, "examples")
	if err := build(examplePrograms+string(filepath.Separator), "github.com/tornadio/tornadio/examples/..."); err != nil {
		fmt.Fprintln(os.Stderr, "clients:", err)
		return 1
	}
	for path, program := range map[string]*string{
		"github.com/tornadio/tornadio/sio/internal/clients/server": &echoProgram,
	} {
		*program = filepath.Join(dir, filepath.Base(path))
		if err := build(*program, path); err != nil {
			fmt.Fprintln(os.Stderr, "clients:", err)
			return 1
		}
	}
	chatProgram = filepath.Join(examplePrograms, "chat")
	beside(20)
	return m.Run()
}

// beside has n tests run side by side, unless -parallel says otherwise: clients
// wait for timeouts and restarts most of the time.
func beside(n int) {
	flag.Parse()
	asked := false
	flag.Visit(func(f *flag.Flag) { asked = asked || f.Name == "test.parallel" })
	if asked {
		return
	}
	if err := flag.Set("test.parallel", strconv.Itoa(n)); err != nil {
		panic(err) // it is a flag of package testing
	}
}

// build compiles a program, or all of a pattern into a folder.
func build(to, path string) error {
	args := append([]string{"build", "-o", to}, raceFlags...)
	if out, err := exec.Command("go", append(args, path)...).CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %v\n%s", path, err, out)
	}
	return nil
}

// python is the interpreter that sees the packages of Debian and Ubuntu.
const python = "/usr/bin/python3"

// findClients says what is missing of Node, the packages, the browser and
// Python's client.
func findClients() error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("Node is not installed: %w", err)
	}
	for _, dir := range []string{".", "../../../examples"} {
		want, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
		if err != nil {
			return err
		}
		got, err := os.ReadFile(filepath.Join(dir, "node_modules", ".stamp"))
		if err != nil || string(got) != string(want) {
			return fmt.Errorf("the npm packages of %s are not installed, or are not those of its package-lock.json", dir)
		}
	}
	if out, err := exec.Command(python, "-c", "import socketio, aiohttp").CombinedOutput(); err != nil {
		return fmt.Errorf("no python-socketio: %v\n%s", err, out)
	}
	if out, err := exec.Command("node", "scripts/browser-path.mjs").CombinedOutput(); err != nil {
		return fmt.Errorf("no Chromium: %v\n%s", err, out)
	}
	return nil
}
