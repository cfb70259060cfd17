package sriov.plugin;

import java.io.IOException;
import java.util.List;
import linux.netlink.VirtualFunctionState;
import sriov.grant.Step;

/** The network devices of the host's namespace. */
public interface Links {
    /** Other names of one; none if there is no such device. */
    List<String> altNames(String name) throws IOException;

    /** What a physical function's virtual ones are set to; none if there is no such device. */
    List<VirtualFunctionState> ports(String physical) throws IOException;

    /**
     * Changes a network device.
     *
     * @param step one that is about network devices
     * @throws IOException if the kernel refuses it, or there is no such device
     */
    void change(String name, Step step) throws IOException;

    /**
     * Changes a virtual function's port.
     *
     * @param step one that is about ports
     * @throws IOException if the card's driver refuses it
     */
    void change(String physical, int index, Step step) throws IOException;
}
