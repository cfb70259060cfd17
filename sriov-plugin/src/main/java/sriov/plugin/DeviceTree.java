package sriov.plugin;

import java.io.IOException;
import sriov.inventory.SysTree;

/** The kernel's view of its devices, where what is written is done. */
public interface DeviceTree extends SysTree {
    /**
     * Writes to a file, and returns once the kernel has done it.
     *
     * @throws IOException if it refuses, with the path, the text and the reason
     */
    void write(String path, String text) throws IOException;
}
