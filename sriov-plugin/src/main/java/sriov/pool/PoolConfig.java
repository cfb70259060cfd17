package sriov.pool;

import java.util.List;

/**
 * What an operator wants of a host's functions.
 *
 * @param divisions in the order of the file: the first that a physical function suits counts
 * @param pools     in the order of the file: a function is in the first that wants it
 */
public record PoolConfig(List<Division> divisions, List<Pool> pools) {
    /** Nothing. */
    public static final PoolConfig EMPTY = new PoolConfig(List.of(), List.of());

    /** Copies the lists. */
    public PoolConfig {
        divisions = List.copyOf(divisions);
        pools = List.copyOf(pools);
    }
}
