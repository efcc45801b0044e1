package dev.reflux.registry.format.signing;

/**
 * An Ed25519 signature (RFC 8032).
 *
 * @param keyId the id of the key that made it, by its own account
 * @param base64 the 64 bytes, in base64
 */
public record Signature(String keyId, String base64) {}
