/**
 * Pure. What a device plugin offers and grants.
 */
package runtime.device;
