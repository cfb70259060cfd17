package sriov.plugin;

import java.io.IOException;

/** The devices by which programs drive functions themselves: {@code /dev/vfio/GROUP}. */
public interface VfioGroups {
    /** Whether a program has one open, of which the kernel lets there be one alone. */
    boolean isOpen(int group) throws IOException;
}
