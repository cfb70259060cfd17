/**
 * Pure. Records of the cluster to messages and back: {@link clusterd.wire.RecordCodec} for the log, snapshots
 * and sessions.
 */
package clusterd.wire;
