/**
 * Pure. Where {@code cp} puts what: docker's rules for sources and destinations.
 */
package runtime.copy;
