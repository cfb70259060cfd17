package runtime.container;

import java.io.IOException;
import runtime.device.CdiRegistry;

/** The CDI devices of a host. */
@FunctionalInterface
public interface DeviceSpecs {
    /** Those there are now. */
    CdiRegistry read() throws IOException;
}
