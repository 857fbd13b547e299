// OpenPGP.js answers one question of ../interop_test.go: a JSON object on standard input, `do` names the question,
// bytes are base64; the answer is a JSON object on standard output. A failure ends with a message and exit code 1.
import * as openpgp from 'openpgp';

const bytes = (text) => new Uint8Array(Buffer.from(text, 'base64'));
const base64 = (data) => Buffer.from(data).toString('base64');

const questions = {
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
