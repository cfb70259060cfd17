package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.ListResourcesResponse;
import api.node.Resource;
import api.node.ResourceDevice;
import io.grpc.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** jctl resource ls. */
class ResourceListTest extends FunctionFixture {

    @BeforeEach
    void offer() {
        daemon.resources = ListResourcesResponse.newBuilder()
                .addResources(Resource.newBuilder().setName("sriov/fast").setSocket("/p/fast.sock")
                        .addDevices(ResourceDevice.newBuilder().setId("0000:3b:02.0").setHealthy(true)
                                .addNumaNodes(1))
                        .addDevices(ResourceDevice.newBuilder().setId("0000:3b:02.1").setHealthy(true)
                                .setOwner(OWNER))
                        .addDevices(ResourceDevice.newBuilder().setId("0000:3b:02.2")))
                .addResources(Resource.newBuilder().setName("vendor.com/odd").setSocket("/p/odd.sock")
                        .setTrouble("connection refused"))
                .build();
    }

    @Test
    void table() {
        assertEquals("""
                NAME             TOTAL   HEALTHY   TAKEN   PLUGIN
                sriov/fast       3       2         1       /p/fast.sock
                vendor.com/odd   0       0         0       /p/odd.sock: connection refused
                """, out("resource", "ls"));
        assertEquals("sriov/fast\nvendor.com/odd\n", out("resource", "list", "-q"));
    }

    @Test
    void asData() {
        daemon.resources = ListResourcesResponse.newBuilder()
                .addResources(daemon.resources.getResources(0)).build();
        assertEquals("""
                [
                    {
                        "Name": "sriov/fast",
                        "Total": 3,
                        "Healthy": 2,
                        "Taken": 1,
                        "Plugin": "/p/fast.sock",
                        "Socket": "/p/fast.sock",
                        "Trouble": "",
                        "Devices": [
                            {
                                "ID": "0000:3b:02.0",
                                "Healthy": true,
                                "NumaNodes": [
                                    1
                                ],
                                "Owner": ""
                            },
                            {
                                "ID": "0000:3b:02.1",
                                "Healthy": true,
                                "NumaNodes": [],
                                "Owner": "%s"
                            },
                            {
                                "ID": "0000:3b:02.2",
                                "Healthy": false,
                                "NumaNodes": [],
                                "Owner": ""
                            }
                        ]
                    }
                ]
                """.formatted(OWNER), out("resource", "ls", "-o", "json"));
        assertEquals("sriov/fast 3\n", out("resource", "ls", "--format", "{{.Name}} {{len .Devices}}"));
        assertTrue(out("resource", "ls", "-o", "yaml").contains("Healthy: 2"));
    }

    @Test
    void aRefusalIsPassedOn() {
        daemon.refusal = Status.INTERNAL.withDescription("no folder of plug-ins");
        assertEquals("jctl: no folder of plug-ins\n", err("resource", "ls"));
        assertTrue(err("resource", "ls", "much").contains("accepts no argument"), "nothing follows it");
    }
}
