package dev.reflux.registry;

/**
 * A delta in the store.
 *
 * @param model the model line
 * @param from version whose files it is applied to
 * @param to version whose files it makes
 * @param blob its bytes
 */
public record DeltaRecord(String model, long from, long to, StudentVersion.Blob blob) {}
