// OpenPGP.js answers one question of ../interop_test.go: a JSON object on standard input, `do` names the question,
// bytes are base64; the answer is a JSON object on standard output. A failure ends with a message and exit code 1.
import { createHash, createPrivateKey, createPublicKey, hkdfSync, pbkdf2Sync } from 'node:crypto';
import * as openpgp from 'openpgp';

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const base64 = (data) => Buffer.from(data).toString('base64');

const questions = {
  // Which v6 fingerprint (RFC 9580 section 5.5.4.3) belongs to this recovery phrase? Needs nothing of OpenPGP.js.
  async phrase({ words, info, created }) {
    const master = pbkdf2Sync(words, 'mnemonic', 2048, 64, 'sha512');
    const seed = Buffer.from(hkdfSync('sha256', master, '', info, 32));
    const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
    const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
    const point = key.export({ format: 'der', type: 'spki' }).subarray(-32);
    const header = Buffer.alloc(15); // 0x9b, length of the rest, version, creation time, algorithm, length of the key
    header.writeUInt8(0x9b, 0);
    header.writeUInt32BE(42, 1);
    header.writeUInt8(6, 5);
    header.writeUInt32BE(created, 6);
    header.writeUInt8(27, 10);
    header.writeUInt32BE(32, 11);
    return { fingerprint: createHash('sha256').update(header).update(point).digest('hex') };
  },

  // What is this certificate? With the fingerprint it computes itself.
  async certificate({ certificate, armored }) {
    const key = await openpgp.readKey(armored ? { armoredKey: armored } : { binaryKey: bytes(certificate) });
    await key.verifyPrimaryKey();
    return {
      fingerprint: key.getFingerprint(),
      version: key.keyPacket.version,
      names: key.getUserIDs(),
      subkeys: key.subkeys.length,
    };
  },

  // Is this a message signed by the key of this certificate? What does it say?
  async verify({ certificate, message }) {
    const verificationKeys = await openpgp.readKey({ binaryKey: bytes(certificate) });
    const { data } = await openpgp.verify({
      message: await openpgp.readMessage({ binaryMessage: bytes(message) }),
      verificationKeys,
      expectSigned: true,
      format: 'binary',
    });
    return { data: base64(data) };
  },

  // A fresh v6 key: Ed25519 with an X25519 subkey.
  async generate() {
    const { privateKey, publicKey } = await openpgp.generateKey({
      userIDs: [{ name: 'Carol' }],
      format: 'binary',
      config: { v6Keys: true, aeadProtect: true },
    });
    return { privateKey: base64(privateKey), publicKey: base64(publicKey) };
  },

  // Signs, and encrypts too if there is a recipient.
  async write({ privateKey, recipient, data }) {
    const signingKeys = await openpgp.readPrivateKey({ binaryKey: bytes(privateKey) });
    const message = await openpgp.createMessage({ binary: bytes(data), format: 'binary' });
    if (!recipient) {
      return { message: base64(await openpgp.sign({ message, signingKeys, format: 'binary' })) };
    }
    const encryptionKeys = await openpgp.readKey({ binaryKey: bytes(recipient) });
    return { message: base64(await openpgp.encrypt({ message, encryptionKeys, signingKeys, format: 'binary' })) };
  },

  // Decrypts and verifies.
  async read({ privateKey, sender, message }) {
    const { data } = await openpgp.decrypt({
      message: await openpgp.readMessage({ binaryMessage: bytes(message) }),
      decryptionKeys: await openpgp.readPrivateKey({ binaryKey: bytes(privateKey) }),
      verificationKeys: await openpgp.readKey({ binaryKey: bytes(sender) }),
      expectSigned: true,
      format: 'binary',
    });
    return { data: base64(data) };
  },
};

try {
  let input = '';
  for await (const chunk of process.stdin) input += chunk;
  const question = JSON.parse(input);
  process.stdout.write(JSON.stringify(await questions[question.do](question)));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
