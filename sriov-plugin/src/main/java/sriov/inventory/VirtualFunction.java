package sriov.inventory;

/**
 * A part of a physical function.
 *
 * @param function itself
 * @param index    by which the physical function knows it, from 0
 */
public record VirtualFunction(PciFunction function, int index) {
    /** Where it is. */
    public PciAddress address() {
        return function.address();
    }
}
