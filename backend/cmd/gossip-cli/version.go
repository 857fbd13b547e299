package main

import (
	"fmt"
	"runtime"
)

// version is the program's, as it is told to hubs.
const version = "0.1.0"

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(a *app) error {
	return a.print(struct {
		Version string `json:"version"`
		Go      string `json:"go"`
		System  string `json:"system"`
	}{version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}, fmt.Sprintf("gossip-cli %s", version))
}
