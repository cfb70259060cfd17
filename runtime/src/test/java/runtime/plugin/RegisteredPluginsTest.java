package runtime.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.deviceplugin.AllocateResponse;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.DevicePluginOptions;
import api.deviceplugin.DeviceSpec;
import api.deviceplugin.Mount;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import runtime.container.ContainerException;
import runtime.container.DevicePlugins.Equipment;
import runtime.device.CdiName;
import runtime.device.Demand;
import runtime.device.FunctionWish;
import runtime.device.ResourceRequest;
import runtime.topology.Alignment;
import runtime.topology.CpuList;

/** A daemon and plug-ins that talk over sockets, end and begin anew, and say what makes no sense. */
class RegisteredPluginsTest {
    private static final String MEDIA = "sriov/media";
    private static final String WEB = "web0123456789abcdef";
    private static final String DB = "db00123456789abcdef";

    private static final long PAUSE_NANOS = 1_000_000;

    @TempDir
    Path folder;

    private final List<String> journal = Collections.synchronizedList(new ArrayList<>());
    private final List<FakePlugin> fakes = new ArrayList<>();
    private RegisteredPlugins plugins;

    @BeforeEach
    void begin() throws IOException {
        for (int node = 0; node < 2; node++) {
            Path pages = Files.createDirectories(folder.resolve("system/node/node" + node + "/hugepages/hugepages-2048kB"));
            Files.writeString(pages.resolve("free_hugepages"), node == 0 ? "0\n" : "64\n");
            Files.writeString(folder.resolve("system/node/node" + node + "/cpulist"), node == 0 ? "0-3\n" : "4-7\n");
        }
        plugins = RegisteredPlugins.open(folder.resolve("plugins"), folder.resolve("ledger"), Optional.of(CpuList.parse("0").orElseThrow()),
                new HostTopology(folder.resolve("system")), journal::add);
    }

    @AfterEach
    void end() {
        plugins.close();
        fakes.forEach(FakePlugin::close);
    }

    private FakePlugin plugin(boolean takesBack) throws IOException {
        FakePlugin fake = new FakePlugin(folder.resolve("plugins"), "fake" + fakes.size() + ".sock").serve(takesBack);
        fakes.add(fake);
        return fake;
    }

    private FakePlugin registered(boolean takesBack) throws IOException {
        FakePlugin fake = plugin(takesBack).with(FakePlugin.device("a", true, 0), FakePlugin.device("b", true, 1), FakePlugin.device("c", false, 1));
        fake.register(MEDIA);
        await(() -> plugins.all().stream().anyMatch(each -> each.devices().size() == 3 && each.trouble().isEmpty()));
        return fake;
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!holds.getAsBoolean()) {
            assertTrue(System.nanoTime() - end < 0, "it does not come to pass");
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private static Demand demand(ResourceRequest... requests) {
        return Demand.of(List.of(requests));
    }

    private static ResourceRequest wanted(int count) {
        return new ResourceRequest(MEDIA, count, "", List.of(), FunctionWish.NONE);
    }

    private String refusal(String owner, ResourceRequest request) {
        return assertThrows(ContainerException.class, () -> plugins.give(owner, demand(request))).getMessage();
    }

    @Test
    void whatAPluginSaysIsInTheContainersSpec() throws Exception {
        FakePlugin fake = registered(false);
        fake.answer = AllocateResponse.newBuilder().addContainerResponses(ContainerAllocateResponse.newBuilder().putEnvs("FPGA", "a")
                .addDevices(DeviceSpec.newBuilder().setHostPath("/dev/null").setContainerPath("/dev/fpga").setPermissions("rw"))
                .addMounts(Mount.newBuilder().setHostPath("/usr").setContainerPath("/opt/fpga").setReadOnly(true))
                .addCdiDevices(api.deviceplugin.CdiDevice.newBuilder().setName("example.com/fpga=a")).putAnnotations("example.com/note", "x")
                .putAnnotations("cdi.k8s.io/fpga", "example.com/fpga=a,example.com/fpga=b")).build();
        Equipment equipment = plugins.give(WEB, demand(wanted(1)));
        assertEquals(List.of("FPGA=a"), equipment.edits().getFirst().environment());
        assertEquals("/dev/null", equipment.edits().getFirst().deviceNodes().getFirst().source());
        assertEquals("rw", equipment.edits().getFirst().deviceNodes().getFirst().permissions());
        assertTrue(equipment.edits().getFirst().mounts().getFirst().options().contains("ro"));
        assertEquals(List.of("example.com/fpga=a", "example.com/fpga=b"), equipment.cdi().stream().map(CdiName::toString).toList());
        assertEquals(Map.of("example.com/note", "x"), equipment.annotations());
        assertEquals(List.of("allocate [a]"), fake.calls.stream().filter(each -> !each.startsWith("sweep")).toList());
    }

    @Test
    void nobodyGetsWhatAnotherHas() throws Exception {
        registered(false);
        plugins.give(WEB, demand(wanted(1)));
        plugins.give(DB, demand(wanted(1)));
        assertEquals(Map.of("a", WEB, "b", DB), plugins.all().getFirst().owners());
        assertEquals("--resource: 1 of sriov/media is wanted, and 0 of 3 are free: 2 taken, 1 unhealthy; jctl resource ls shows who has them",
                refusal("third", wanted(1)));
        plugins.release(WEB);
        plugins.give("third", demand(wanted(1)));
        assertEquals(Map.of("a", "third", "b", DB), plugins.all().getFirst().owners());
    }

    @Test
    void allOrNone() throws Exception {
        FakePlugin fake = registered(false);
        fake.refusal = "it is broken";
        assertTrue(refusal(WEB, wanted(2)).endsWith("does not give a, b: it is broken"));
        assertEquals(Map.of(), plugins.all().getFirst().owners());
        assertEquals("--resource: no plug-in offers sriov/signal; there are sriov/media", refusal(WEB, new ResourceRequest("sriov/signal", 1, "",
                List.of(), FunctionWish.NONE)));
    }

    @Test
    void itsPreferenceCountsIfItMakesSense() throws Exception {
        FakePlugin fake = registered(false);
        fake.options = DevicePluginOptions.newBuilder().setGetPreferredAllocationAvailable(true).setPreStartRequired(true).build();
        fake.register(MEDIA);
        await(() -> Collections.frequency(journal.stream().map(each -> each.contains("a plug-in offers")).toList(), true) == 2);
        fake.preferred = List.of("b");
        plugins.give(WEB, demand(wanted(1)));
        assertTrue(fake.calls.contains("allocate [b]"), fake.calls.toString());
        assertTrue(fake.calls.contains("before start [b]"), fake.calls.toString());
        fake.preferred = List.of("c", "nonsense");
        plugins.give(DB, demand(wanted(1)));
        assertTrue(fake.calls.contains("allocate [a]"), fake.calls.toString());
    }

    @Test
    void jctlsOwnMakesReadyAndTakesBack() throws Exception {
        FakePlugin fake = registered(true);
        fake.networkDevice = "ens1v0";
        FunctionWish wish = new FunctionWish(Optional.empty(), OptionalInt.of(100), OptionalInt.empty(), "", OptionalInt.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty(), "", OptionalInt.empty());
        Equipment equipment = plugins.give(WEB, demand(new ResourceRequest(MEDIA, 1, "media", List.of("192.0.2.7/24"), wish)));
        assertEquals(Optional.of("media"), equipment.edits().getFirst().networkDevices().get("ens1v0").name());
        assertEquals(Map.of("ens1v0", List.of("192.0.2.7/24")), equipment.addresses());
        assertTrue(fake.calls.contains("prepare [a] for " + WEB + " vlan 100"), fake.calls.toString());
        plugins.release(WEB);
        assertTrue(fake.calls.contains("release " + WEB), fake.calls.toString());
        assertEquals(Map.of(), plugins.all().getFirst().owners());
    }

    @Test
    void anothersIsNotAskedForWhatItCannotDo() throws Exception {
        registered(false);
        FunctionWish wish = new FunctionWish(Optional.empty(), OptionalInt.of(100), OptionalInt.empty(), "", OptionalInt.empty(), OptionalInt.empty(),
                Optional.empty(), Optional.empty(), "", OptionalInt.empty());
        assertTrue(refusal(WEB, new ResourceRequest(MEDIA, 1, "", List.of(), wish)).contains("is not jctl's own"));
        assertTrue(refusal(WEB, new ResourceRequest(MEDIA, 1, "", List.of("192.0.2.7/24"), FunctionWish.NONE)).contains("gives no network device"));
    }

    @Test
    void whatIsInUseIsTakenBackLaterAndNobodysMeanwhile() throws Exception {
        FakePlugin fake = registered(true);
        plugins.give(WEB, demand(wanted(2)));
        fake.keeps = "a program has it open";
        plugins.release(WEB);
        assertEquals(2, plugins.all().getFirst().owners().size());
        assertTrue(refusal(DB, wanted(1)).contains("2 taken"));
        assertTrue(refusal(WEB, wanted(1)).contains("2 taken"));
        fake.keeps = null;
        await(() -> plugins.all().getFirst().owners().isEmpty());
        plugins.give(DB, demand(wanted(2)));
        assertEquals(2, plugins.all().getFirst().owners().size());
    }

    @Test
    void aDaemonThatWasKilledKnowsWhoHasWhat() throws Exception {
        FakePlugin fake = registered(true);
        plugins.give(WEB, demand(wanted(1)));
        plugins.give(DB, demand(wanted(1)));
        plugins.close();
        begin();
        plugins.reconcile(Set.of(WEB));
        fake.close();
        fakes.clear();
        FakePlugin again = registered(true);
        assertTrue(again.calls.contains("sweep but [" + WEB + "]"), again.calls.toString());
        await(() -> plugins.all().getFirst().owners().equals(Map.of("a", WEB)));
        assertTrue(again.calls.contains("release " + DB), again.calls.toString());
    }

    @Test
    void aPluginThatIsGoneGivesNothingUntilItIsBack() throws Exception {
        FakePlugin fake = registered(true);
        plugins.give(WEB, demand(wanted(1)));
        fake.close();
        await(() -> !plugins.all().getFirst().trouble().isEmpty());
        assertTrue(refusal(DB, wanted(1)).contains("cannot be asked"));
        assertFalse(plugins.all().getFirst().devices().stream().anyMatch(each -> each.healthy()));
        plugins.release(WEB);
        assertEquals(Map.of("a", WEB), plugins.all().getFirst().owners());
        fakes.clear();
        registered(true);
        await(() -> plugins.all().getFirst().owners().isEmpty());
        assertTrue(journal.stream().anyMatch(each -> each.contains("not back yet")), journal.toString());
    }

    @Test
    void whatIsOfNoPoolAnyMoreGoesBackToThePluginItself() throws Exception {
        FakePlugin pool = registered(true);
        plugins.give(WEB, demand(wanted(1)));
        FakePlugin itself = new FakePlugin(folder.resolve("plugins"), RegisteredPlugins.FUNCTIONS).serve(true);
        fakes.add(itself);
        pool.close();
        await(() -> !plugins.all().getFirst().trouble().isEmpty());
        plugins.release(WEB);
        assertEquals(Map.of(), plugins.all().getFirst().owners());
        assertTrue(itself.calls.stream().anyMatch(each -> each.contains("release")), itself.calls.toString());
    }

    @Test
    void whatMakesNoSenseIsRefusedOrLeftOut() throws Exception {
        FakePlugin fake = registered(false);
        for (AllocateResponse nonsense : List.of(AllocateResponse.getDefaultInstance(), answer(ContainerAllocateResponse.newBuilder().putEnvs("A=B", "c")),
                answer(ContainerAllocateResponse.newBuilder().addMounts(Mount.newBuilder().setHostPath("usr").setContainerPath("/a"))),
                answer(ContainerAllocateResponse.newBuilder().addDevices(DeviceSpec.newBuilder().setHostPath("/dev/../etc").setContainerPath("/dev/x"))),
                answer(ContainerAllocateResponse.newBuilder().addDevices(DeviceSpec.newBuilder().setHostPath("/dev/null").setContainerPath("/dev/x")
                        .setPermissions("rwx"))),
                answer(ContainerAllocateResponse.newBuilder().putAnnotations("cdi.k8s.io/a", "nonsense")))) {
            fake.answer = nonsense;
            String said = refusal(WEB, wanted(1));
            assertTrue(said.contains("fake0.sock") && (said.contains("makes no sense") || said.contains("asked for one")), said);
        }
        assertEquals(Map.of(), plugins.all().getFirst().owners());
        fake.with(FakePlugin.device("x", true, 0), FakePlugin.device("x", true, 0), FakePlugin.device("", true, 0),
                FakePlugin.device("y".repeat(64), true, 0), FakePlugin.device("z", true, 0).toBuilder().setHealth("fine").build());
        await(() -> plugins.all().getFirst().devices().size() == 2);
        assertTrue(journal.stream().anyMatch(each -> each.contains("neither Healthy nor Unhealthy")), journal.toString());
    }

    private static AllocateResponse answer(ContainerAllocateResponse.Builder answer) {
        return AllocateResponse.newBuilder().addContainerResponses(answer).build();
    }

    private static Demand near(int cpus, long pages, Alignment alignment, ResourceRequest... requests) {
        return new Demand(List.of(requests), cpus, pages == 0 ? Map.of() : Map.of(2L << 20, pages), alignment);
    }

    @Test
    void processorsPagesAndDevicesAreOnOneNode() throws Exception {
        registered(false);
        Equipment equipment = plugins.give(WEB, near(2, 64, Alignment.REQUIRED, wanted(1)));
        assertEquals("4-5", equipment.cpus().toString());
        assertEquals(OptionalInt.of(1), equipment.memoryNode());
        assertEquals(Map.of("b", WEB), plugins.all().getFirst().owners());
        assertEquals(Map.of("4", WEB, "5", WEB), plugins.all().getLast().owners());
        assertEquals(7, plugins.all().getLast().devices().size());
        assertEquals("0-3,6-7", plugins.sharedCpus().orElseThrow().toString());
        Equipment other = plugins.give(DB, near(3, 0, Alignment.REQUIRED, wanted(1)));
        assertEquals("1-3", other.cpus().toString());
        String refused = assertThrows(ContainerException.class, () -> plugins.give("third", near(3, 0, Alignment.PREFERRED))).getMessage();
        assertEquals("--exclusive-cpus: the machine lacks 1 of 3 processors; processors that stay everybody's: 0, that others have alone: 1-5", refused);
        plugins.release(WEB);
        assertEquals("0,4-7", plugins.sharedCpus().orElseThrow().toString());
    }

    @Test
    void whatIsNotOnOneNodeIsRefusedOrSpread() throws Exception {
        registered(false);
        plugins.give(WEB, near(1, 0, Alignment.REQUIRED, wanted(1)));
        String refused = assertThrows(ContainerException.class, () -> plugins.give(DB, near(3, 65, Alignment.REQUIRED, wanted(1)))).getMessage();
        assertTrue(refused.contains("no NUMA node has all of it: node 0 lacks") && refused.contains("node 1 lacks 1 of 65 pages of 2 MiB"), refused);
        assertEquals(Map.of("a", WEB), plugins.all().getFirst().owners());
        assertEquals("2-3,4-7".replace("-3,4", ""), plugins.give(DB, near(6, 0, Alignment.PREFERRED, wanted(1))).cpus().toString());
    }

    @Test
    void processorsSurviveTheDaemon() throws Exception {
        plugins.give(WEB, near(2, 0, Alignment.NONE));
        plugins.close();
        begin();
        plugins.reconcile(Set.of(WEB));
        assertEquals(6, plugins.sharedCpus().orElseThrow().size());
        plugins.reconcile(Set.of());
        await(() -> plugins.sharedCpus().orElseThrow().size() == 8);
    }

    @Test
    void whatItCanDoWithoutIsGivenWhereItIs() throws Exception {
        ResourceRequest optional = new ResourceRequest(MEDIA, 2, "", List.of(), FunctionWish.NONE, true);
        assertEquals(List.of(), plugins.give(WEB, demand(optional)).edits());
        assertTrue(journal.getLast().contains("starts without sriov/media, which it can do without: no plug-in offers"), journal.toString());
        plugins.release(WEB);
        registered(false);
        assertEquals(1, plugins.give(WEB, demand(optional)).edits().size());
        assertEquals(Map.of("a", WEB, "b", WEB), plugins.all().getFirst().owners());
        assertEquals(List.of(), plugins.give(DB, demand(optional)).edits());
        assertTrue(journal.getLast().contains("2 of sriov/media are wanted, and 0 of 3 are free"), journal.toString());
        assertThrows(ContainerException.class, () -> plugins.give("third", demand(optional, wanted(1))));
    }

    @Test
    void whatAPoolOfAnotherNameOffersIsStillSomebodys() throws Exception {
        FakePlugin fake = registered(true);
        plugins.give(WEB, demand(wanted(1)));
        fake.register("sriov/voice");
        await(() -> plugins.all().stream().anyMatch(each -> each.resource().equals("sriov/voice") && each.devices().size() == 3));
        plugins.give(DB, demand(new ResourceRequest("sriov/voice", 1, "", List.of(), FunctionWish.NONE)));
        assertTrue(fake.calls.contains("prepare [b] for " + DB + " vlan 0"), fake.calls.toString());
        plugins.all().stream().filter(each -> each.resource().startsWith("sriov/")).forEach(each ->
                assertEquals(Map.of("a", WEB, "b", DB), each.owners(), each.resource()));
    }

    @Test
    void oneContainerAsksTwiceForOneKind() throws Exception {
        registered(false);
        plugins.give(WEB, demand(wanted(1), wanted(1)));
        assertEquals(Map.of("a", WEB, "b", WEB), plugins.all().getFirst().owners());
    }

    @Test
    void aRegistrationThatMakesNoSenseIsRefused() throws Exception {
        FakePlugin fake = plugin(false);
        for (String[] each : List.of(new String[] {"v1alpha", MEDIA, "a.sock"}, new String[] {"v1beta1", "media", "a.sock"},
                new String[] {"v1beta1", "kubernetes.io/a", "a.sock"}, new String[] {"v1beta1", MEDIA, "../a.sock"},
                new String[] {"v1beta1", MEDIA, "kubelet.sock"}, new String[] {"v1beta1", MEDIA, ""})) {
            StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> fake.register(each[0], each[1], each[2]));
            assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        }
        fake.register("v1beta1", "example.com/nobody", "nobody.sock");
        await(() -> journal.stream().anyMatch(each -> each.contains("it is not there")));
        assertEquals(List.of(ResourceRequest.EXCLUSIVE_CPUS), plugins.all().stream().map(RegisteredPlugins.View::resource).toList());
    }

    @Test
    void socketsOfBeforeAreRemovedSoThatPluginsRegisterAgain() throws Exception {
        FakePlugin fake = registered(false);
        assertTrue(Files.exists(folder.resolve("plugins/fake0.sock")));
        plugins.close();
        begin();
        assertFalse(Files.exists(folder.resolve("plugins/fake0.sock")));
        assertTrue(fake.calls.isEmpty());
        assertThrows(ContainerException.class, () -> plugins.functions(stub -> stub));
    }
}
