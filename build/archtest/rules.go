// Package archtest holds the rules of docs/architecture.md as tables; its tests compare the
// repository with them, so that the shape of the tree is checked by every run of the tests.
package archtest

// module is the path that go.mod gives the repository.
const module = "gossip"

// imports says which packages of the repository each package may import, test files aside. Every
// package may import common/id, the vocabulary that all share. A package that is not in the
// table fails the test: a new package is a decision, to be written down here with its reason.
var imports = []struct {
	pkg string
	may []string
	why string
}{
	{".", []string{"backend/bridge", "backend/desktop", "backend/media", "backend/notify", "backend/settings"}, "the window shows what the backend says and decides nothing"},
	{"build/archtest", nil, "the judge takes no part"},
	{"build/bench", []string{"common/wire", "common/identity", "common/membership"},
		"the hub is measured from outside, by devices that speak the protocol"},

	{"common/id", nil, "identifiers depend on nothing"},
	{"common/wire", nil, "packets name identifiers and carry payloads that they cannot read"},
	{"common/membership", nil, "the log of a channel's members is judged by signatures handed to it"},
	{"common/identity", nil, "certificates stand on their own signatures"},
	{"common/ratchet", nil, "ratchets know keys, not people"},
	{"common/content", nil, "what people say knows nothing of how it travels"},

	{"backend/vault", []string{"backend/store", "common/identity"}, "keys at rest, nothing else"},
	{"backend/store", nil, "records are sealed bytes to the store"},
	{"backend/link", []string{"common/wire", "common/identity"}, "one connection, whatever it carries"},
	{"backend/e2ee", []string{"backend/store", "common/ratchet", "common/identity", "common/content", "common/wire"},
		"encryption and the state that must be stored with it"},
	{"backend/history", []string{"backend/store", "backend/search", "common/content"},
		"what is kept of conversations can be read and written without keys, people's cards or a hub"},
	{"backend/outbox", []string{"backend/store", "common/wire"}, "what has to go out is bytes in an order, whoever said it"},
	{"backend/directory", []string{"backend/store", "common/membership", "common/wire"}, "what a channel's log proves is judged without knowing who fetched it"},
	{"backend/mention", nil, "whom a text names is seen from the text"},
	{"backend/chat", []string{"backend/store", "backend/directory", "backend/e2ee", "backend/history", "backend/mention", "backend/outbox", "backend/roster", "backend/search", "common/content", "common/identity", "common/membership", "common/wire"},
		"conversations stand on encryption, never on the connection"},
	{"backend/roster", []string{"backend/store", "common/identity", "common/wire"}, "people and the trust in them"},
	{"backend/transfer", []string{"backend/store", "common/content", "common/wire"}, "files"},
	{"backend/call", []string{"common/content"}, "calls know peers and rooms, not conversations, and no hub"},
	{"backend/call/calltest", []string{"backend/call"}, "the test bed of calls is a machine and a network"},
	{"backend/media", []string{"backend/call", "backend/media/apm", "backend/media/opus", "backend/media/vpx"},
		"sound and pictures know nobody; calls say what they need of them"},
	{"backend/media/apm", nil, "a binding of one library"},
	{"backend/media/mirror", []string{"backend/call"}, "what gives everything back looks at nothing"},
	{"backend/media/opus", nil, "a binding of one library"},
	{"backend/media/mediatest", nil, "the test bed of devices: a sound server and displays"},
	{"backend/media/vpx", nil, "a binding of one library"},
	{"backend/search", []string{"backend/store"}, "an index of what is stored"},
	{"backend/settings", []string{"backend/store"}, "preferences are records"},
	{"backend/localhub", nil, "a hub of one's own is two other programs"},
	{"backend/notify", nil, "who is told of a message is decided from what is said of it"},
	{"backend/desktop", []string{"backend/notify", "backend/settings"}, "the desktop shows what was decided, and knows no client"},
	{"backend/bridge", []string{"backend", "backend/call", "backend/localhub", "backend/media", "backend/notify", "backend/settings"},
		"an interface in another language sees the client through it"},
	{"backend", []string{"backend/vault", "backend/store", "backend/link", "backend/e2ee", "backend/chat", "backend/history",
		"backend/roster", "backend/transfer", "backend/call", "backend/media", "backend/search", "backend/settings",
		"common/wire", "common/identity", "common/content", "common/membership", "common/ratchet"},
		"the client wires its parts"},
	{"backend/cmd/gossip-cli", []string{"backend", "backend/call", "backend/media", "backend/media/mirror", "common/content"},
		"the headless client uses what the window uses, and has a machine to call with"},
	{"backend/backendtest", []string{"backend", "backend/call", "backend/call/calltest", "backend/media/mediatest", "signaling/hubtest", "signaling/server", "common/wire", "common/identity", "common/content"},
		"real clients on a real hub, in one process"},

	{"signaling/config", nil, "flags and files"},
	{"signaling/store", nil, "the seam for another engine"},
	{"signaling/store/bolt", []string{"signaling/store"}, "one engine behind the seam"},
	{"signaling/store/storetest", []string{"signaling/store"}, "the suite that every engine passes"},
	{"signaling/account", []string{"signaling/store", "common/identity", "common/wire"}, "users, devices, their cards, and the errors that the wire has for them"},
	{"signaling/channel", []string{"signaling/store", "common/wire", "common/membership"}, "channels know no sessions"},
	{"signaling/hub", []string{"signaling/account", "signaling/channel", "signaling/store", "common/wire", "common/identity", "common/membership"},
		"sessions and routing stand on accounts and channels; the hub has a certificate and signs its own channels"},
	{"signaling/sshd", []string{"signaling/hub", "signaling/account", "signaling/channel", "common/wire", "common/identity"},
		"the SSH listener is an edge of the hub"},
	{"signaling/web", []string{"signaling/hub"}, "the HTTP listener is an edge of the hub"},
	{"signaling/turn", nil, "a relay knows no hub"},
	{"signaling/server", []string{"signaling/config", "signaling/store", "signaling/store/bolt", "signaling/account", "signaling/channel",
		"signaling/hub", "signaling/sshd", "signaling/web", "signaling/turn", "common/wire", "common/identity"},
		"the server wires its parts"},
	{"signaling/hubtest", []string{"signaling/server", "signaling/config", "signaling/store", "signaling/store/bolt", "signaling/hub",
		"signaling/sshd", "common/wire", "common/identity", "common/membership"}, "a real server on in-memory connections"},
	{"signaling", []string{"signaling/server", "signaling/config"}, "flags and signals"},
}

// fences keeps a module, or a part of this one, inside the packages that may use it. A name
// stands for itself and everything below it.
var fences = []struct {
	what   string
	inside []string
	why    string
}{
	{"github.com/wailsapp/wails", []string{"."}, "the window is the only thing that knows its toolkit"},
	{"github.com/pion", []string{"backend/call", "backend/media", "signaling/turn"}, "media stays where calls are"},
	{"github.com/gen2brain/malgo", []string{"backend/media"}, "devices stay where sound is"},
	{"github.com/jezek/xgb", []string{"backend/media"}, "the screen is read where pictures are"},
	{"go.etcd.io/bbolt", []string{"backend/store", "signaling/store/bolt"}, "a store can be exchanged"},
	{"gossip/backend", []string{".", "backend"}, "the hub shares the protocol with the client, never code"},
	{"gossip/signaling", []string{"signaling", "backend/backendtest"}, "the client shares the protocol with the hub, never code"},
}

// blind names what the hub's program must not contain, however indirectly it would get there.
var blind = []struct{ what, why string }{
	{"gossip/common/ratchet", "the hub has no code that could open what it carries"},
	{"gossip/common/content", "the hub has no code that could read what it carries"},
	{"github.com/wailsapp/wails", "a server has no window"},
	{"gossip/backend", "a server is no client"},
}

// testsOnly names the packages that only tests, and each other, may import.
var testsOnly = []string{"backend/backendtest", "backend/call/calltest", "backend/media/mediatest", "signaling/hubtest", "signaling/store/storetest"}

// cgoAllowed are the packages that may need a C compiler. Wails' own are outside this module.
var cgoAllowed = []string{"backend/media", "backend/media/apm", "backend/media/opus", "backend/media/vpx"}

// meaningless are package names that say nothing about what is inside.
var meaningless = []string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc", "base", "shared"}

// topLevel is all that may stand at the root of the repository, dot files and .ci aside.
var topLevel = []string{
	"frontend", "backend", "signaling", "common", "build", "docs",
	"wails.json", "main.go", "app.go", "go.mod", "go.sum",
	"README.md", "Makefile", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md",
}

// longestFile is the number of lines that no source file may pass.
const longestFile = 800

// bindings are generated, in one file for all types: nobody can split it.
const bindings = "frontend/wailsjs/"

// foreign are texts that tie the repository to one machine or one package mirror. They are
// written in two halves so that this file does not contain them.
var foreign = []struct{ text, why string }{
	{"/wo" + "rk/", "a path of somebody's machine"},
	{"/tmp/" + "team", "a path of somebody's machine"},
	{"registry.npm" + "js.org", "the package registry is each user's own setting"},
	{"registry.yarn" + "pkg.com", "the package registry is each user's own setting"},
	{"proxy.go" + "lang.org", "the module proxy is each user's own setting"},
}
