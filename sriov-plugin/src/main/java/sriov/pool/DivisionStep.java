package sriov.pool;

import sriov.inventory.PciAddress;

/** What is to be done so that a physical function has as many parts as was asked for. */
public sealed interface DivisionStep {
    /** Of which physical function. */
    PciAddress physical();

    /** Whether parts that come from now on get a driver by themselves ({@code sriov_drivers_autoprobe}). */
    record Probe(PciAddress physical, boolean on) implements DivisionStep {
    }

    /** So many parts ({@code sriov_numvfs}); from some to others the way leads by none. */
    record Divide(PciAddress physical, int parts) implements DivisionStep {
    }

    /** It stays as it is. */
    record Leave(PciAddress physical, String why) implements DivisionStep {
    }
}
