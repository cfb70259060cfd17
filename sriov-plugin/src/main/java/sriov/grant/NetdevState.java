package sriov.grant;

import java.util.List;

/**
 * A function's network device, as it is in the host's namespace.
 *
 * @param name     of it
 * @param address  its hardware address, as text
 * @param mtuBytes its largest packet
 * @param up       whether somebody has turned it on
 * @param promiscuous whether it takes what is for others
 * @param altNames other names of it
 */
public record NetdevState(String name, String address, int mtuBytes, boolean up, boolean promiscuous, List<String> altNames) {
    /** Copies the list. */
    public NetdevState {
        altNames = List.copyOf(altNames);
    }
}
