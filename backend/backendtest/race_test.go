//go:build race

package backendtest

// defaultSeeds is how many histories the simulation plays where nobody says how many: the race detector makes each ten
// times slower.
const defaultSeeds = 30
