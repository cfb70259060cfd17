package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.ContainerAllocateRequest;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.ContainerPreferredAllocationRequest;
import api.deviceplugin.Device;
import api.deviceplugin.DeviceSpec;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.deviceplugin.PreStartContainerRequest;
import api.deviceplugin.PreferredAllocationRequest;
import api.deviceplugin.RegisterRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.inventory.Inventory;
import sriov.inventory.PciAddress;
import sriov.pool.Assignment;
import sriov.pool.Candidate;
import sriov.pool.ConfigReader;
import sriov.pool.Offer;
import sriov.pool.Pool;
import sriov.pool.Preference;

/** A plug-in and a kubelet that talk over sockets, and end and begin anew. */
class PluginServerTest {
    @TempDir
    Path folder;

    private final SimulatedCards cards = new SimulatedCards().card(1, "ens1", 0).card(2, "ens2", 1);
    private final LocalSocket sockets = new LocalSocket();
    private final List<String> journal = new ArrayList<>();
    private final List<String> prepared = new ArrayList<>();
    private PluginService service;
    private Pool pool;
    private PluginServer plugin;
    private Optional<Integer> group = Optional.empty();

    @BeforeEach
    void begin() throws Exception {
        for (int bus = 1; bus <= 2; bus++) {
            cards.write("bus/pci/devices/0000:0" + bus + ":00.0/sriov_numvfs", "2");
        }
        pool = ConfigReader.read("pools: [{name: media, prefix: example.com}]").pools().getFirst();
        service = new PluginService(pool, Preference.PACKED, offers(), (as, functions) -> {
            Map<PciAddress, Integer> groups = new TreeMap<>();
            for (Candidate each : functions) {
                if (prepared.contains(each.address().toString())) {
                    throw new GrantException("function " + each.address() + " belongs to web");
                }
                prepared.add(each.address().toString());
                group.ifPresent(number -> groups.put(each.address(), number));
            }
            return groups;
        });
        plugin = new PluginServer(folder, pool.resource(), service, List.of(), sockets, journal::add);
    }

    @AfterEach
    void end() throws IOException {
        plugin.close();
        sockets.close();
    }

    private Map<String, Offer> offers() throws Exception {
        List<Pool> pools = ConfigReader.read("pools: [{name: media, prefix: example.com}]").pools();
        return Offer.of(Assignment.of(pools, Candidate.of(Inventory.read(cards)), List.of()).members().get(pools.getFirst().resource()), Map.of(),
                Map.of());
    }

    private static List<String> shown(ListAndWatchResponse response) {
        return response.getDevicesList().stream().map(each -> each.getId() + " " + each.getHealth() + " " + each.getTopology().getNodesList().stream()
                .map(node -> Long.toString(node.getId())).toList()).toList();
    }

    @Test
    void itRegistersAndTellsWhatItHas() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            assertTrue(plugin.keep());
            RegisterRequest said = kubelet.registered().getLast();
            assertEquals(List.of("v1beta1", "jctl-example.com_media.sock", "example.com/media", true, false), List.of(said.getVersion(),
                    said.getEndpoint(), said.getResourceName(), said.getOptions().getGetPreferredAllocationAvailable(),
                    said.getOptions().getPreStartRequired()));
            assertEquals(List.of("0000:01:10.0 Healthy [0]", "0000:01:10.2 Healthy [0]", "0000:02:10.0 Healthy [1]", "0000:02:10.2 Healthy [1]"),
                    shown(kubelet.watch().next()));
            assertEquals(said.getOptions(), kubelet.plugin().getDevicePluginOptions(Empty.getDefaultInstance()));
            assertTrue(kubelet.plugin().preStartContainer(PreStartContainerRequest.getDefaultInstance()).isInitialized());
            assertTrue(plugin.keep());
            assertEquals(1, kubelet.registered().size(), "once is enough");
            assertEquals(1, journal.size(), journal.toString());
        }
    }

    @Test
    void whatChangesIsToldAtOnce() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            plugin.keep();
            Iterator<ListAndWatchResponse> news = kubelet.watch();
            assertEquals(4, news.next().getDevicesCount());
            service.offer(pool, offers());
            cards.change("ens2", new sriov.grant.Step.Down());
            service.offer(pool, offers());
            assertEquals(List.of("Healthy", "Healthy", "Unhealthy", "Unhealthy"), news.next().getDevicesList().stream().map(Device::getHealth).toList());
            service.offer(pool, Map.of());
            assertEquals(0, news.next().getDevicesCount(), "a pool may be empty");
        }
    }

    @Test
    void whoBeginsAnewIsRegisteredAtAgain() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            plugin.keep();
            kubelet.begin();
            assertTrue(plugin.keep());
            assertEquals(2, kubelet.registered().size());
            assertEquals(4, kubelet.watch().next().getDevicesCount());
            Files.delete(folder.resolve("jctl-example.com_media.sock"));
            assertTrue(plugin.keep());
            assertEquals(3, kubelet.registered().size());
            assertEquals(4, kubelet.watch().next().getDevicesCount());
        }
        PluginServer another = new PluginServer(folder, new sriov.pool.ResourceName("example.com", "media"), service, List.of(), sockets,
                journal::add);
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            assertTrue(another.keep(), "the plug-in begins anew");
            assertEquals(4, kubelet.watch().next().getDevicesCount());
        } finally {
            another.close();
        }
    }

    @Test
    void withoutAKubeletItWaitsAndSaysSoOnce() {
        assertEquals(false, plugin.keep());
        assertEquals(false, plugin.keep());
        assertEquals(1, journal.size());
        assertTrue(journal.getFirst().startsWith("example.com/media waits for a kubelet"), journal.toString());
    }

    @Test
    void somethingElseAtTheKubeletsPlaceIsSaid() throws Exception {
        Files.writeString(folder.resolve("kubelet.sock"), "no socket");
        assertEquals(false, plugin.keep());
        assertTrue(journal.getFirst().startsWith("example.com/media cannot be registered at"), journal.toString());
    }

    private static AllocateRequest request(String... ids) {
        return AllocateRequest.newBuilder().addContainerRequests(ContainerAllocateRequest.newBuilder().addAllDeviceIds(List.of(ids))).build();
    }

    @Test
    void aContainerIsToldWhichItGets() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            plugin.keep();
            ContainerAllocateResponse netdevs = kubelet.plugin().allocate(request("0000:01:10.0", "0000:01:10.2")).getContainerResponses(0);
            assertEquals(Map.of("PCIDEVICE_EXAMPLE_COM_MEDIA", "0000:01:10.0,0000:01:10.2", "PCIDEVICE_EXAMPLE_COM_MEDIA_INFO",
                    "{\"0000:01:10.0\":{\"generic\":{\"deviceID\":\"0000:01:10.0\"}},\"0000:01:10.2\":{\"generic\":{\"deviceID\":\"0000:01:10.2\"}}}"),
                    netdevs.getEnvsMap());
            assertEquals(0, netdevs.getDevicesCount());
            group = Optional.of(17);
            ContainerAllocateResponse vfio = kubelet.plugin().allocate(request("0000:02:10.0", "0000:02:10.2")).getContainerResponses(0);
            assertEquals(List.of("/dev/vfio/vfio rw", "/dev/vfio/17 rw"), vfio.getDevicesList().stream().map(each -> each.getHostPath() + " "
                    + each.getPermissions()).toList());
            assertEquals(List.of("/dev/vfio/vfio", "/dev/vfio/17"), vfio.getDevicesList().stream().map(DeviceSpec::getContainerPath).toList());
        }
    }

    @Test
    void whatCannotBeHadIsRefusedInWords() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            plugin.keep();
            cards.change("ens2", new sriov.grant.Step.Down());
            service.offer(pool, offers());
            Map<String, String> refusals = Map.of("0000:09:00.0", "there is no function 0000:09:00.0 (any more)", "0000:02:10.0",
                    "function 0000:02:10.0 cannot be had: ens2 is turned off");
            for (Map.Entry<String, String> each : refusals.entrySet()) {
                assertTrue(assertThrows(StatusRuntimeException.class, () -> kubelet.plugin().allocate(request(each.getKey()))).getMessage()
                        .contains("example.com/media: " + each.getValue()));
            }
            kubelet.plugin().allocate(request("0000:01:10.0"));
            assertTrue(assertThrows(StatusRuntimeException.class, () -> kubelet.plugin().allocate(request("0000:01:10.0"))).getMessage()
                    .contains("belongs to web"));
        }
    }

    @Test
    void thoseThatAreBestTogetherAreNamed() throws Exception {
        try (FakeKubelet kubelet = new FakeKubelet(folder)) {
            plugin.keep();
            PreferredAllocationRequest request = PreferredAllocationRequest.newBuilder().addContainerRequests(ContainerPreferredAllocationRequest
                    .newBuilder().addAllAvailableDeviceIds(List.of("0000:01:10.0", "0000:02:10.0", "0000:02:10.2", "0000:09:00.0"))
                    .setAllocationSize(2)).build();
            assertEquals(List.of("0000:02:10.0", "0000:02:10.2"), kubelet.plugin().getPreferredAllocation(request).getContainerResponses(0)
                    .getDeviceIdsList());
            PreferredAllocationRequest tooMany = PreferredAllocationRequest.newBuilder().addContainerRequests(ContainerPreferredAllocationRequest
                    .newBuilder().addAvailableDeviceIds("0000:01:10.0").setAllocationSize(2)).build();
            assertTrue(assertThrows(StatusRuntimeException.class, () -> kubelet.plugin().getPreferredAllocation(tooMany)).getMessage()
                    .contains("2 of 1 functions of example.com/media cannot be chosen"));
        }
    }
}
