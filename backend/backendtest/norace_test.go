//go:build !race

package backendtest

// defaultSeeds is how many histories the simulation plays where nobody says how many.
const defaultSeeds = 100
