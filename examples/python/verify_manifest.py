"""Verifies a manifest or an alias of the registry without Reflux: verify_manifest.py OBJECT TRUST.

The object is canonical JSON (RFC 8785), {"body":…,"seal":…}: what is hashed and signed are the bytes of the body as they stand.
"""

import base64
import hashlib
import json
import subprocess
import sys
import tempfile


def signed_by(key, signature, body):
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        with tempfile.NamedTemporaryFile() as k, tempfile.NamedTemporaryFile() as s, tempfile.NamedTemporaryFile() as b:
            for file, content in ((k, key), (s, signature), (b, body)):
                file.write(content)
                file.flush()
            command = ["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", k.name, "-rawin"]
            return subprocess.run(command + ["-sigfile", s.name, "-in", b.name], capture_output=True).returncode == 0
    try:
        load_der_public_key(key).verify(signature, body)
        return True
    except InvalidSignature:
        return False


def main(path, trust):
    with open(path, "rb") as file:
        raw = file.read()
    seal = json.loads(raw)["seal"]
    body = raw[len(b'{"body":') : raw.rindex(b',"seal":{')]
    if seal["canon"] != "RFC8785" or hashlib.sha256(body).hexdigest() != seal["sha256"]:
        return "the hash does not fit"
    with open(trust, "rb") as file:
        keys = [base64.b64decode(key) for key in json.load(file)["keys"]]
    signature = base64.b64decode(seal.get("ed25519", ""))
    if not any(signed_by(key, signature, body) for key in keys):
        return "no trusted key has signed it"
    return None


if __name__ == "__main__":
    wrong = main(*sys.argv[1:])
    print(wrong or "good")
    sys.exit(1 if wrong else 0)
