package dev.reflux.registry.format.signing;

/**
 * An Ed25519 signature (RFC 8032).
 *
 * @param keyId id of the key that is said to have made it
 * @param base64 its 64 bytes
 */
public record Signature(String keyId, String base64) {}
