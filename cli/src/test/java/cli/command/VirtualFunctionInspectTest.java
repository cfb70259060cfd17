package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import cli.render.Json;
import cli.render.Times;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** jctl vf inspect. */
class VirtualFunctionInspectTest extends FunctionFixture {

    private static Map<?, ?> only(String json) {
        List<?> found = (List<?>) Json.parse(json);
        assertEquals(1, found.size(), json);
        return (Map<?, ?>) found.getFirst();
    }

    @Test
    void allThereIsToKnow() {
        assertEquals("""
                [
                    {
                        "Address": "0000:3b:02.1",
                        "Physical": "0000:3b:00.0",
                        "PhysicalName": "eth0",
                        "Index": 1,
                        "Vendor": "8086",
                        "Device": "1889",
                        "Driver": "vfio-pci",
                        "NumaNode": 1,
                        "IommuGroup": 21,
                        "NetworkDevice": "",
                        "Resource": "sriov/fast",
                        "Why": "",
                        "State": "taken",
                        "Trouble": "",
                        "Owner": "%s",
                        "Since": "%s",
                        "Fence": 7,
                        "Mode": "vfio",
                        "Port": "mac 02:00:00:00:00:01 vlan 100"
                    }
                ]
                """.formatted(OWNER, Times.stamp(SINCE * 1_000_000)), out("vf", "inspect", "0000:3b:02.1"));
        assertEquals("", only(out("vf", "inspect", "0000:3b:02.0")).get("Since"));
    }

    @Test
    void byEveryName() {
        assertEquals("0000:3b:02.1\n0000:3b:02.0\n0000:3b:00.0\n0000:3b:00.0\n",
                out("vf", "inspect", "--format", "{{.Address}}", "3B:02.1", "eth0v0", "eth0", "0000:3b:00.0"));
        assertTrue(out("vf", "inspect", "-o", "yaml", "eth0").contains("MostVirtualFunctions: 7"));
    }

    @Test
    void physicalFunctions() {
        Map<?, ?> port = only(out("vf", "inspect", "eth0"));
        assertEquals("eth0", port.get("Name"));
        assertEquals("up", port.get("Link"));
        assertEquals(4, ((List<?>) port.get("Functions")).size());
        Map<?, ?> whole = only(out("vf", "inspect", "0000:3b:00.1"));
        assertEquals("sriov/whole", whole.get("Resource"), "given away whole");
        assertEquals("7", whole.get("MostVirtualFunctions").toString(), "and could be divided");
    }

    @Test
    void whatIsNotThere() {
        TestConsole console = fresh();
        assertEquals(1, console.run("vf", "inspect", "3b:09.0", "eth0v0", ""));
        assertEquals("eth0v0", only(console.out()).get("NetworkDevice"));
        assertEquals("jctl: no such function: 3b:09.0: `jctl vf ls` and `jctl vf ls --physical` list those"
                + " there are", console.err().lines().findFirst().orElse(""));
        assertEquals(2, console.err().lines().count(), "nor has an empty word a meaning");
        assertTrue(err("vf", "inspect").contains("requires at least 1 argument"));
    }
}
