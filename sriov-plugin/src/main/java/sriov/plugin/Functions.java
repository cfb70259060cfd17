package sriov.plugin;

import java.io.IOException;
import java.util.List;
import sriov.grant.FunctionState;
import sriov.grant.Step;
import sriov.inventory.PciAddress;

/** A host's virtual functions, to look at and to change. */
public interface Functions {
    /** Whether there is such a function (still). */
    boolean isThere(PciAddress function);

    /** Others of its IOMMU group: a program that has one could have all of them. */
    List<PciAddress> companions(PciAddress function);

    /**
     * What one is like.
     *
     * @throws IOException if there is no such function, or the kernel does not say
     */
    FunctionState state(PciAddress function) throws IOException;

    /**
     * Changes one; returns once it is done.
     *
     * @throws IOException if the kernel refuses it, with what it was and the errno
     */
    void take(PciAddress function, Step step) throws IOException;

    /** Whether a program has one open: what is in use is not changed. */
    boolean isInUse(PciAddress function) throws IOException;
}
