/**
 * Edge. The replicated log of commands: durability, elections, membership, snapshots; the only package that
 * imports Ratis.
 */
package clusterd.raft;
