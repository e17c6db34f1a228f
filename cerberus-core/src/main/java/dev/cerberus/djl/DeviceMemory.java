package dev.cerberus.djl;

/**
 * The memory of a device of its own. Immutable.
 *
 * @param totalBytes all of it
 * @param freeBytes what nobody had taken when it was asked
 */
public record DeviceMemory(long totalBytes, long freeBytes) {
}
