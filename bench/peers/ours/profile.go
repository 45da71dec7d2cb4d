package main

import (
	"log"
	"os"
	"path/filepath"
	"runtime/pprof"
)

var cpu *os.File

// profile is called when the tool begins to measure and when it ends: between,
// the CPU is profiled, and at the end all allocations so far, into files of dir.
// With no dir it does nothing.
func profile(dir string) {
	if dir == "" {
		return
	}
	if cpu == nil {
		cpu = create(dir, "cpu.prof")
		if err := pprof.StartCPUProfile(cpu); err != nil {
			log.Fatal(err)
		}
		return
	}
	pprof.StopCPUProfile()
	f := create(dir, "allocs.prof")
	if err := pprof.Lookup("allocs").WriteTo(f, 0); err != nil {
		log.Fatal(err)
	}
	_, _ = f.Close(), cpu.Close()
	cpu = nil
}

func create(dir, name string) *os.File {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		log.Fatal(err)
	}
	return f
}
