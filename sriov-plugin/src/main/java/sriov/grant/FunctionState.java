package sriov.grant;

import java.util.Optional;

/**
 * What a virtual function is like.
 *
 * @param driver   that is bound; empty = none
 * @param override the one driver it may have, if somebody said so; empty = any that knows it
 * @param netdev   its network device; empty = none in the host's namespace
 * @param port     what its physical function was told; empty if that cannot be asked, as within a virtual machine
 */
public record FunctionState(Optional<String> driver, Optional<String> override, Optional<NetdevState> netdev, Optional<PortState> port) {
    /** Whether its network device is in somebody's namespace: it has a driver that makes one, and the host has none. */
    public boolean isAway() {
        return netdev.isEmpty() && driver.filter(each -> !each.equals(Course.VFIO)).isPresent();
    }
}
