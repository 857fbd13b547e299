package id

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// DefaultPort is the TCP port of a hub where none is named.
const DefaultPort = 1720

// hostProfile is idna.Lookup with the lengths of RFC 1035 enforced. It only reads once it is made.
var hostProfile = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.CheckHyphens(true), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// Address says where a person is found: a name, and the hub that knows it. It proves nothing; a UserID does.
type Address struct {
	User   string // as CheckName returns it
	Domain string // host, or host:port where the port is not DefaultPort; as ParseAddress returns it
}

// ParseAddress reads "@user@host" or "@user@host:port"; the first '@' may be left out. Both parts are normalized,
// so that equal addresses compare equal.
func ParseAddress(text string) (Address, error) {
	rest := strings.TrimPrefix(strings.TrimSpace(text), "@")
	name, domain, ok := strings.Cut(rest, "@")
	if !ok {
		return Address{}, errors.New("not an address: write it as @user@host, for example @alice@hub.example.org")
	}
	user, err := CheckName(name)
	if err != nil {
		return Address{}, fmt.Errorf("not an address: %w", err)
	}
	host, port, err := ParseHostPort(domain)
	if err != nil {
		return Address{}, fmt.Errorf("not an address: %w", err)
	}
	return Address{User: user, Domain: domainOf(host, port)}, nil
}

// String returns "@user@domain", which ParseAddress reads back; "" for the zero Address.
func (a Address) String() string {
	if a == (Address{}) {
		return ""
	}
	return "@" + a.User + "@" + a.Domain
}

// LogValue shortens the name: logs don't list people.
func (a Address) LogValue() slog.Value {
	_, size := utf8.DecodeRuneInString(a.User)
	return slog.StringValue("@" + a.User[:size] + "…@" + a.Domain)
}

func (a Address) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

func (a *Address) UnmarshalText(text []byte) error {
	parsed, err := ParseAddress(string(text))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}

// ParseHostPort reads where a hub listens: a DNS name or an IP address, and a port (DefaultPort where there is none).
// An IPv6 address stands in square brackets. The host comes back in its one form: lower case, IDNA in ASCII
// (RFC 5891), no brackets; net.JoinHostPort puts the two together again.
func ParseHostPort(text string) (host string, port uint16, err error) {
	host, digits, err := splitHostPort(text)
	if err != nil {
		return "", 0, err
	}
	if host, err = checkHost(host); err != nil {
		return "", 0, err
	}
	port, err = checkPort(digits)
	return host, port, err
}

// splitHostPort takes the brackets off an IPv6 address; digits is "" where no port is named.
func splitHostPort(text string) (host, digits string, err error) {
	if strings.HasPrefix(text, "[") {
		literal, rest, closed := strings.Cut(text[1:], "]")
		ip, err := netip.ParseAddr(literal)
		if !closed || err != nil || !ip.Is6() || (rest != "" && rest[0] != ':') {
			return "", "", errors.New("the square brackets must hold an IPv6 address, as in [2001:db8::1]:1720")
		}
		return literal, portOf(rest), nil
	}
	host, digits, named := strings.Cut(text, ":")
	if named && strings.Contains(digits, ":") {
		return "", "", errors.New("put an IPv6 address in square brackets, as in [2001:db8::1]:1720")
	}
	if named {
		digits = portOf(":" + digits)
	}
	return host, digits, nil
}

// portOf turns ":1720" into "1720", "" into "", and a lone ":" into something that is no port.
func portOf(rest string) string {
	if rest == ":" {
		return rest
	}
	return strings.TrimPrefix(rest, ":")
}

func checkPort(digits string) (uint16, error) {
	if digits == "" {
		return DefaultPort, nil
	}
	port, err := strconv.ParseUint(digits, 10, 16)
	if err != nil || port == 0 || strconv.FormatUint(port, 10) != digits {
		return 0, errors.New("the port after ':' must be a number from 1 to 65535")
	}
	return uint16(port), nil
}

func checkHost(host string) (string, error) {
	if host == "" {
		return "", errors.New("the host is missing; write a name or an IP address, as in hub.example.org")
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() != "" {
			return "", errors.New("the address names a network card after '%', which means nothing to others; leave it out")
		}
		return ip.Unmap().String(), nil
	}
	ascii, err := hostProfile.ToASCII(host)
	again, errAgain := hostProfile.ToASCII(ascii) // refuses what doesn't keep its form, such as damaged UTF-8
	if err != nil || errAgain != nil || again != ascii || !hasName(ascii) {
		return "", errors.New("the host is not a DNS name nor an IP address; check it for spaces and other stray characters")
	}
	return ascii, nil
}

// hasName keeps out a damaged IPv4 address such as 10.0.0.256, which would pass for a name, and a trailing dot.
func hasName(host string) bool {
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.ContainsAny(last, "abcdefghijklmnopqrstuvwxyz")
}

// domainOf joins what ParseHostPort returned into the short form.
func domainOf(host string, port uint16) string {
	if port != DefaultPort {
		return net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
	if strings.Contains(host, ":") {
		return "[" + host + "]"
	}
	return host
}
