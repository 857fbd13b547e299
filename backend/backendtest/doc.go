// Package backendtest runs whole clients against a real hub in one process, for tests only.
//
// People are called by name and stories read as prose:
//
//	w := newWorld(t)                            // a hub with #general, in a synctest bubble
//	alice, bob := w.join("alice"), w.join("bob")
//	m := alice.say(w.general, "hello")
//	bob.sees(w.general, "hello")
//	alice.kill()                                // as SIGKILL does, at whatever it was doing
//	alice.open()                                // from what was on disk
//
// The simulation (go test ./backend/backendtest -run Simulation -seeds N) plays short random histories and checks what
// must hold in all of them; a failing one is printed as the command that repeats it.
package backendtest
