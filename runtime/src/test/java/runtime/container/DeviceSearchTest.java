package runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import runtime.spec.Device;

class DeviceSearchTest {

    private static Device device(String path, long major, long minor) {
        return new Device(path, Device.Type.CHARACTER, OptionalLong.of(major), OptionalLong.of(minor),
                OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty());
    }

    @Test
    void aDeviceIsFoundByItsNumber() throws Exception {
        assertEquals(Map.of("/dev/null", "/dev/null", "/dev/nothing", "/dev/null"),
                DeviceSearch.files(List.of(device("/dev/null", 1, 3), device("/dev/nothing", 1, 3),
                        device("/dev/zero", 4_000, 7), device("relative", 4_000, 8))));
    }
}
