package sriov.plugin;

import java.io.IOException;
import java.nio.file.Path;
import linux.abi.Errno;
import linux.abi.OpenFlag;
import linux.syscall.Descriptors;
import linux.syscall.SystemCallException;

/** The host's own groups, in a folder of devices ({@code Documentation/driver-api/vfio.rst}). */
public final class HostVfioGroups implements VfioGroups {
    private final Path folder;

    /** @param folder {@code /dev/vfio} */
    public HostVfioGroups(Path folder) {
        this.folder = folder;
    }

    /** By trying: of two who open a group the second is refused. */
    @Override
    public boolean isOpen(int group) throws IOException {
        try {
            Descriptors.close(Descriptors.open(folder.resolve(Integer.toString(group)), OpenFlag.O_RDWR));
            return false;
        } catch (SystemCallException refused) {
            if (refused.is(Errno.EBUSY)) {
                return true;
            }
            if (refused.is(Errno.ENOENT) || refused.is(Errno.ENODEV)) {
                return false; // no function of it is given away so
            }
            throw refused;
        }
    }
}
