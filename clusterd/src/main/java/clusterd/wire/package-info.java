/**
 * Pure. Records to messages and back.
 */
package clusterd.wire;
