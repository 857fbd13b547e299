package identity

import (
	"bytes"
	"io"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp/packet"
	openpgp "github.com/ProtonMail/go-crypto/openpgp/v2"
)

// signMessage makes an OpenPGP signed message (RFC 9580 section 10.3: one-pass signature, literal data, signature)
// that any OpenPGP program can verify.
func signMessage(signer *openpgp.Entity, body []byte, now time.Time) ([]byte, error) {
	var out bytes.Buffer
	w, err := openpgp.Sign(&out, []*openpgp.Entity{signer}, nil, config(now))
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// readMessage reads an OpenPGP signed message of exactly these three packets, with a body of at most limit bytes,
// and verifies its signature by key. Compressed data, nesting and further packets are refused.
func readMessage(b []byte, key *packet.PublicKey, limit int64) (body []byte, sig *packet.Signature, err error) {
	in := bytes.NewReader(b)
	ops, err := readPacket[*packet.OnePassSignature](in)
	if err != nil {
		return nil, nil, err
	}
	literal, err := readPacket[*packet.LiteralData](in)
	if err != nil {
		return nil, nil, err
	}
	body, err = io.ReadAll(io.LimitReader(literal.Body, limit+1))
	if err != nil || int64(len(body)) > limit {
		return nil, nil, malformed("message", "the body is cut or too large")
	}
	sig, err = readPacket[*packet.Signature](in)
	if err != nil {
		return nil, nil, err
	}
	if in.Len() != 0 || !matches(ops, sig) || literal.Format != 'b' {
		return nil, nil, malformed("message", "its parts don't belong together")
	}
	return body, sig, verifyMessage(key, body, sig)
}

// readPacket reads one packet, which must be a P.
func readPacket[P packet.Packet](in *bytes.Reader) (p P, err error) {
	read, err := packet.Read(in)
	if err != nil {
		return p, malformed("message", err.Error())
	}
	p, ok := read.(P)
	if !ok {
		return p, malformed("message", "a packet in the wrong place")
	}
	return p, nil
}

// matches reports whether the one-pass signature announces sig (RFC 9580 section 5.4).
func matches(ops *packet.OnePassSignature, sig *packet.Signature) bool {
	return ops.Version == 6 && ops.IsLast && ops.SigType == sig.SigType && ops.Hash == sig.Hash &&
		ops.PubKeyAlgo == sig.PubKeyAlgo && bytes.Equal(ops.Salt, sig.Salt()) &&
		bytes.Equal(ops.KeyFingerprint, sig.IssuerFingerprint)
}

// verifyMessage checks a signature of kind "binary document" by key over body.
func verifyMessage(key *packet.PublicKey, body []byte, sig *packet.Signature) error {
	if sig.Version != 6 || sig.SigType != packet.SigTypeBinary || !signedBy(sig, key) ||
		sig.CreationTime.Before(key.CreationTime) {
		return malformed("message", "the signature is of another key or kind")
	}
	h, err := sig.PrepareVerify()
	if err != nil {
		return malformed("message", "the signature has no salt")
	}
	h.Write(body)
	if err := key.VerifySignature(h, sig); err != nil {
		return malformed("message", "the signature is wrong")
	}
	return nil
}

// canonicalMessage refuses a signed message that isn't encoded as signMessage does it: the parts of literal data and
// the framing that no signature covers have one form.
func canonicalMessage(b, body []byte, sig *packet.Signature) error {
	var out bytes.Buffer
	ops := &packet.OnePassSignature{
		Version: 6, SigType: sig.SigType, Hash: sig.Hash, PubKeyAlgo: sig.PubKeyAlgo, IsLast: true,
		Salt: sig.Salt(), KeyFingerprint: sig.IssuerFingerprint,
	}
	if err := ops.Serialize(&out); err != nil {
		return err
	}
	w, err := packet.SerializeLiteral(nopCloser{&out}, true, "", 0)
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	if err := sig.Serialize(&out); err != nil {
		return err
	}
	if unhashedSize(sig) != 0 || !bytes.Equal(b, out.Bytes()) {
		return malformed("message", "not in its one encoding")
	}
	return nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
