package config

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// What --turn may say beside an address.
const (
	turnAuto = "auto"
	turnOff  = "off"
)

// turnPort is the port of STUN and TURN (RFC 8489 section 13, RFC 8656 section 17).
const turnPort = 3478

// TurnAddress returns where STUN and TURN listen, "" when they are off. chosen tells whether the operator has said so.
func (c Config) TurnAddress() (address string, chosen bool) {
	switch c.Turn {
	case "", turnOff:
		return "", false
	case turnAuto:
		port := turnPort
		if c.Port == 0 {
			port = 0
		}
		return net.JoinHostPort(c.Host, strconv.Itoa(port)), false
	}
	if _, _, err := net.SplitHostPort(c.Turn); err != nil {
		return net.JoinHostPort(strings.Trim(c.Turn, "[]"), strconv.Itoa(turnPort)), true
	}
	return c.Turn, true
}

// PortRange is from a port to another, both included. Its text is MIN-MAX.
type PortRange struct{ Min, Max uint16 }

// String returns what UnmarshalText reads.
func (r PortRange) String() string { return fmt.Sprintf("%d-%d", r.Min, r.Max) }

// UnmarshalText reads MIN-MAX.
func (r *PortRange) UnmarshalText(text []byte) error {
	wrong := fmt.Errorf("%q is not a range of ports: write it like 49152-65535", text)
	least, most, ok := strings.Cut(string(text), "-")
	first, err := strconv.ParseUint(least, 10, 16)
	second, err2 := strconv.ParseUint(most, 10, 16)
	if !ok || err != nil || err2 != nil || first < 1024 || second < first {
		return wrong
	}
	*r = PortRange{uint16(first), uint16(second)}
	return nil
}

func (c Config) validateTurn() error {
	address, _ := c.TurnAddress()
	if address != "" {
		_, port, err := net.SplitHostPort(address)
		if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
			return fmt.Errorf("--turn %q is not an address: write off, or one like 0.0.0.0:3478", c.Turn)
		}
	}
	for _, ip := range c.TurnPublicIP {
		if ip.IsUnspecified() || ip.IsMulticast() || ip.Zone() != "" || ip.Is4In6() {
			return fmt.Errorf("--turn-public-ip %v is no address that others could reach", ip)
		}
	}
	if len(c.TurnPublicIP) > maxPublicIPs {
		return errors.New("--turn-public-ip stands there too often: name one IPv4 and one IPv6 address")
	}
	return nil
}

// maxPublicIPs is how many addresses fit into what devices are told.
const maxPublicIPs = 4

// DefaultTurnPorts are those that every system leaves to its programs (RFC 6335 section 6).
func DefaultTurnPorts() PortRange { return PortRange{49152, 65535} }
