/**
 * Edge. The only package that imports Ratis.
 */
package clusterd.raft;
