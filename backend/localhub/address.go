package localhub

import (
	"net"
	"strconv"
)

// lanHost is this machine's address in its network: where others there reach it. Without a network it is the machine's
// own.
func lanHost() string {
	// A UDP "connection" sends nothing: the system only chooses the address that it would send from.
	for _, far := range []string{"192.0.2.1:9", "[2001:db8::1]:9"} {
		conn, err := net.Dial("udp", far)
		if err != nil {
			continue
		}
		local, ok := conn.LocalAddr().(*net.UDPAddr)
		if conn.Close() == nil && ok && local.IP.IsGlobalUnicast() {
			return local.IP.String()
		}
	}
	return "127.0.0.1"
}

// free reports whether nothing listens on the port.
func free(port int) bool {
	listener, err := net.Listen("tcp", net.JoinHostPort("0.0.0.0", strconv.Itoa(port)))
	return err == nil && listener.Close() == nil
}
