package sriov.grant;

import sriov.inventory.PciAddress;

/**
 * That somebody has a function, written down before anything of it is changed.
 *
 * @param function    where it is
 * @param owner       who has it: a container's id
 * @param fence       of the cluster's, only ever larger: who comes with a smaller one is too late
 * @param wish        what was asked for
 * @param before      what it was like, and becomes again
 * @param sinceMillis since 1970
 * @param ready       whether it was made as the owner wants it, who may be using it since
 */
public record Grant(PciAddress function, String owner, long fence, Wish wish, FunctionState before, long sinceMillis, boolean ready) {
    /** The same, made as the owner wants it. */
    public Grant done() {
        return new Grant(function, owner, fence, wish, before, sinceMillis, true);
    }
}
