package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.ContainerAllocateRequest;
import api.deviceplugin.ContainerAllocateResponse;
import api.deviceplugin.DevicePluginGrpc;
import api.deviceplugin.DeviceSpec;
import api.deviceplugin.Empty;
import api.deviceplugin.ListAndWatchResponse;
import api.function.DivideRequest;
import api.function.ListRequest;
import api.function.ListResponse;
import api.function.PhysicalFunction;
import api.function.PrepareRequest;
import api.function.PrepareResponse;
import api.function.Prepared;
import api.function.ReleaseRequest;
import api.function.ResetRequest;
import api.function.SweepRequest;
import api.function.SweepResponse;
import api.function.VirtualFunction;
import api.function.VirtualFunctionsGrpc;
import api.function.Wish;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import sriov.grant.Step;
import sriov.inventory.PciAddress;
import sriov.pool.Preference;

/** A plug-in as a whole, with cards that no machine has, a kubelet and an agent at the other ends of its sockets. */
class FunctionPluginTest {
    private static final String FIRST = "0000:01:10.0";
    private static final String SECOND = "0000:01:10.2";
    private static final String OTHER_CARD = "0000:02:10.0";
    private static final String DIVIDED = """
            physicalFunctions: [{name: ens1, virtualFunctions: 4}, {name: ens2, virtualFunctions: 2}]
            """;
    private static final String MEDIA = DIVIDED + """
            pools:
            - {name: media, prefix: example.com, mode: netdev, selectors: {pfNames: ens1}}
            - {name: fast, prefix: example.com, mode: vfio, selectors: {pfNames: ens2}, environment: {'*': {token: a}, '0000:02:10.0': {site: b}}}
            """;

    @TempDir
    Path folder;

    private final SimulatedCards cards = new SimulatedCards().card(1, "ens1", 0).card(2, "ens2", 1);
    private final List<String> journal = new CopyOnWriteArrayList<>();
    private final LocalSocket sockets = new LocalSocket();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private Path kubelets;
    private FakeKubelet kubelet;
    private FunctionPlugin plugin;

    @BeforeEach
    void begin() throws IOException {
        kubelets = Files.createDirectory(folder.resolve("kubelet"));
        kubelet = new FakeKubelet(kubelets);
        Files.createDirectory(folder.resolve("routes"));
        config(MEDIA);
        plugin = open();
    }

    @AfterEach
    void end() throws IOException {
        plugin.close();
        channels.forEach(ManagedChannel::shutdownNow);
        kubelet.close();
        sockets.close();
    }

    private void config(String text) throws IOException {
        Files.writeString(folder.resolve("config.yaml"), text);
    }

    private FunctionPlugin open() throws IOException {
        return FunctionPlugin.open(new FunctionPlugin.Settings(cards, cards, cards, Duration.ofMillis(50), folder.resolve("records"), kubelets,
                folder.resolve("config.yaml"), folder.resolve("routes"), Preference.PACKED, InstantSource.system(), journal::add));
    }

    /** As after a crash: who asks next finds another process. */
    private void beginAnew() throws IOException {
        plugin.close();
        plugin = open();
        plugin.look();
    }

    private ManagedChannel dial(String socket) {
        channels.add(sockets.dial(kubelets.resolve(socket)));
        return channels.getLast();
    }

    private VirtualFunctionsGrpc.VirtualFunctionsBlockingStub agent() {
        return VirtualFunctionsGrpc.newBlockingStub(dial(FunctionPlugin.SOCKET));
    }

    private DevicePluginGrpc.DevicePluginBlockingStub pool(String name) {
        return DevicePluginGrpc.newBlockingStub(dial("jctl-example.com_" + name + ".sock"));
    }

    private List<String> devices(String name) {
        return shown(pool(name).listAndWatch(Empty.getDefaultInstance()).next());
    }

    private static List<String> shown(ListAndWatchResponse response) {
        return response.getDevicesList().stream().map(each -> each.getId() + " " + each.getHealth()).toList();
    }

    private static AllocateRequest request(String... ids) {
        return AllocateRequest.newBuilder().addContainerRequests(ContainerAllocateRequest.newBuilder().addAllDeviceIds(List.of(ids))).build();
    }

    private static PrepareRequest.Builder wanted(String owner, String pool, String... functions) {
        return PrepareRequest.newBuilder().setOwner(owner).setFence(1).setResource("example.com/" + pool).addAllFunctions(List.of(functions));
    }

    private PrepareResponse prepare(PrepareRequest.Builder request) {
        return agent().prepare(request.build());
    }

    private static void assertRefused(Status.Code code, String why, Executable call) {
        StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, call);
        assertEquals(code, refused.getStatus().getCode(), refused.getMessage());
        assertTrue(refused.getStatus().getDescription().contains(why), refused.getMessage());
    }

    private VirtualFunction function(String address) {
        return agent().list(ListRequest.getDefaultInstance()).getVirtualList().stream().filter(each -> each.getAddress().equals(address)).findFirst()
                .orElseThrow();
    }

    private List<String> owners() {
        return agent().list(ListRequest.getDefaultInstance()).getVirtualList().stream().filter(each -> !each.getOwner().isEmpty())
                .map(each -> each.getAddress() + " " + each.getOwner()).toList();
    }

    private static PciAddress address(String text) {
        return PciAddress.parse(text).orElseThrow();
    }

    private long journaled(String what) {
        return journal.stream().filter(each -> each.contains(what)).count();
    }

    @Test
    void itDividesAndRegistersAtItsFirstLook() {
        plugin.look();
        assertEquals(List.of("example.com/media", "example.com/fast"), kubelet.registered().stream().map(each -> each.getResourceName()).toList());
        assertEquals(List.of("0000:01:10.0 Healthy", "0000:01:10.2 Healthy", "0000:01:10.4 Healthy", "0000:01:10.6 Healthy"), devices("media"));
        assertEquals(List.of("0000:02:10.0 Healthy", "0000:02:10.2 Healthy"), devices("fast"));
        List<PhysicalFunction> physical = agent().list(ListRequest.getDefaultInstance()).getPhysicalList();
        assertEquals(List.of("ens1 4/7 up 0", "ens2 2/7 up 1"), physical.stream().map(each -> each.getName() + " " + each.getVirtualFunctions() + "/"
                + each.getMostVirtualFunctions() + " " + each.getLink() + " " + each.getNumaNode()).toList());
        assertEquals("", function(FIRST).getDriver(), "none is probed before it is known how it is to be given");
    }

    @Test
    void twoAtOnceAreRefused() {
        plugin.look();
        IOException refused = assertThrows(IOException.class, this::open);
        assertTrue(refused.getMessage().contains("another plug-in gives functions away by the records of " + folder.resolve("records")));
    }

    @Test
    void anAgentGetsAFunctionAsItWantsItAndGivesItBack() {
        plugin.look();
        Prepared given = prepare(wanted("web", "media", FIRST).setWish(Wish.newBuilder().setMac("02:6A:00:00:00:07").setVlan(100).setMaxTxRateMegabit(500)
                .setTrust(true).setMtuBytes(1_400))).getFunctions(0);
        assertEquals(List.of(FIRST, "ens1v0", -1), List.of(given.getAddress(), given.getNetworkDevice(), given.getIommuGroup()));
        VirtualFunction listed = function(FIRST);
        assertEquals(List.of("web", 1L, "netdev", "igbvf", "mac 02:6a:00:00:00:07 vlan 100 max 500 Mbit/s spoof check on trust on link auto", ""),
                List.of(listed.getOwner(), listed.getFence(), listed.getMode(), listed.getDriver(), listed.getPort(), listed.getTrouble()));
        assertEquals(List.of(FIRST), agent().release(ReleaseRequest.newBuilder().setOwner("web").build()).getFunctionsList());
        assertEquals(List.of(), agent().release(ReleaseRequest.newBuilder().setOwner("web").build()).getFunctionsList());
        assertEquals(List.of("", "", "spoof check on trust off link auto"), List.of(function(FIRST).getOwner(), function(FIRST).getDriver(),
                function(FIRST).getPort()));
    }

    @Test
    void theSameRequestAgainHasTheSameAnswer() {
        plugin.look();
        PrepareRequest.Builder request = wanted("dpdk", "fast", OTHER_CARD).setWish(Wish.newBuilder().setVlan(7));
        PrepareResponse first = prepare(request);
        assertEquals(Integer.parseInt(cards.link("bus/pci/devices/" + OTHER_CARD + "/iommu_group").orElseThrow()), first.getFunctions(0).getIommuGroup());
        assertEquals(first, prepare(request));
        cards.use(first.getFunctions(0).getIommuGroup(), true);
        assertEquals(first, prepare(request), "also while a program has it open");
        assertRefused(Status.Code.FAILED_PRECONDITION, "is in use: a program has it open", () ->
                agent().release(ReleaseRequest.newBuilder().setOwner("dpdk").build()));
        assertEquals(List.of(OTHER_CARD + " dpdk"), owners());
    }

    @Test
    void ifOneIsRefusedNoneIsGiven() {
        plugin.look();
        prepare(wanted("web", "media", SECOND));
        assertRefused(Status.Code.FAILED_PRECONDITION, "function " + SECOND + " belongs to web", () -> prepare(wanted("db", "media", FIRST, SECOND)));
        assertEquals(List.of(SECOND + " web"), owners());
        prepare(wanted("db", "media", "0000:01:10.4"));
        assertRefused(Status.Code.FAILED_PRECONDITION, "function 0000:01:10.4 belongs to db", () ->
                prepare(wanted("web", "media", SECOND, FIRST, "0000:01:10.4")));
        assertEquals(List.of(SECOND + " web", "0000:01:10.4 db"), owners(), "what it had before it keeps");
        assertRefused(Status.Code.FAILED_PRECONDITION, "EPROTONOSUPPORT", () -> prepare(wanted("cache", "media", FIRST)
                .setWish(Wish.newBuilder().setVlan(5).setVlanProto("802.1ad"))));
        assertEquals(List.of(SECOND + " web", "0000:01:10.4 db"), owners());
        assertEquals("", function(FIRST).getDriver(), "it is as before");
    }

    @Test
    void allThatIsWrongIsSaidAtOnce() {
        plugin.look();
        Wish wish = Wish.newBuilder().setMac("01:00:00:00:00:01").setVlan(4_095).setVlanQos(8).setVlanProto("802.3").setMinTxRateMegabit(9)
                .setMaxTxRateMegabit(3).setLinkState("on").setMtuBytes(67).build();
        StatusRuntimeException refused = assertThrows(StatusRuntimeException.class, () -> prepare(PrepareRequest.newBuilder().setOwner("kubelet:x")
                .addFunctions("eth0").setResource("//").setWish(wish)));
        assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
        assertEquals(10, refused.getStatus().getDescription().lines().count(), refused.getMessage());
        for (String each : List.of("owner kubelet:x", "\"eth0\" is no PCI address", "is that of a group", "vlan 4095", "vlan_qos 8", "\"802.3\"",
                "min_tx_rate_megabit 9 is more", "link_state \"on\"", "mtu_bytes 67", "resource \"//\"")) {
            assertTrue(refused.getMessage().contains(each), each + " is missing in " + refused.getMessage());
        }
        assertRefused(Status.Code.INVALID_ARGUMENT, "is none at all", () -> prepare(wanted("web", "media", FIRST)
                .setWish(Wish.newBuilder().setMac("00:00:00:00:00:00"))));
        assertRefused(Status.Code.INVALID_ARGUMENT, "mac 02:00:00:00:00:01 is for one function", () -> prepare(wanted("web", "media", FIRST, SECOND)
                .setWish(Wish.newBuilder().setMac("02:00:00:00:00:01"))));
        assertRefused(Status.Code.INVALID_ARGUMENT, "mtu_bytes is of network devices", () -> prepare(wanted("web", "fast", OTHER_CARD)
                .setWish(Wish.newBuilder().setMtuBytes(1_400))));
        assertEquals(List.of(), owners());
    }

    @Test
    void whatIsNotInThePoolIsRefusedWithWhereItIs() {
        plugin.look();
        assertRefused(Status.Code.FAILED_PRECONDITION, "function " + OTHER_CARD + " is not in the pool example.com/media: it is in example.com/fast", () ->
                prepare(wanted("web", "media", OTHER_CARD)));
        assertRefused(Status.Code.FAILED_PRECONDITION, "there is no pool example.com/none; there are [example.com/media, example.com/fast]", () ->
                prepare(wanted("web", "none", FIRST)));
        assertRefused(Status.Code.FAILED_PRECONDITION, "it is not there (any more)", () -> prepare(wanted("web", "media", "0000:09:00.0")));
        assertEquals(List.of(), owners());
    }

    @Test
    void whoseOwnersAreNoMoreAreTakenBackAndAKubeletsStay() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST));
        prepare(wanted("db", "media", SECOND));
        int group = prepare(wanted("dpdk", "fast", OTHER_CARD)).getFunctions(0).getIommuGroup();
        pool("media").allocate(request("0000:01:10.4"));
        cards.use(group, true);
        beginAnew();
        SweepResponse swept = agent().sweep(SweepRequest.newBuilder().addLivingOwners("web").build());
        assertEquals(List.of(SECOND), swept.getReleasedList());
        assertEquals("function 0000:02:10.0 of dpdk is in use: a program has it open", swept.getRefusedMap().get(OTHER_CARD));
        assertEquals(List.of(FIRST + " web", "0000:01:10.4 kubelet:example.com/media", OTHER_CARD + " dpdk"), owners());
    }

    @Test
    void aKubeletGetsThemAllOrNoneAndIsToldWhatItNeeds() {
        plugin.look();
        prepare(wanted("web", "fast", "0000:02:10.2"));
        ContainerAllocateResponse known = pool("fast").allocate(request("0000:02:10.2")).getContainerResponses(0);
        assertEquals(2, known.getDevicesCount(), "who has it already is told what it needs");
        assertEquals("web", function("0000:02:10.2").getOwner());
        agent().reset(ResetRequest.newBuilder().setAddress("0000:02:10.2").build());
        ContainerAllocateResponse both = pool("fast").allocate(request(OTHER_CARD, "0000:02:10.2")).getContainerResponses(0);
        assertEquals(List.of("/dev/vfio/vfio", "/dev/vfio/17", "/dev/vfio/18"), both.getDevicesList().stream().map(DeviceSpec::getHostPath).toList());
        assertEquals("{\"0000:02:10.0\":{\"generic\":{\"deviceID\":\"0000:02:10.0\"},\"vfio\":{\"dev-mount\":\"/dev/vfio/17\",\"mount\":"
                + "\"/dev/vfio/vfio\"},\"extraInfo\":{\"site\":\"b\",\"token\":\"a\"}},\"0000:02:10.2\":{\"generic\":{\"deviceID\":"
                + "\"0000:02:10.2\"},\"vfio\":{\"dev-mount\":\"/dev/vfio/18\",\"mount\":\"/dev/vfio/vfio\"},\"extraInfo\":{\"token\":\"a\"}}}",
                both.getEnvsMap().get("PCIDEVICE_EXAMPLE_COM_FAST_INFO"));
        agent().reset(ResetRequest.newBuilder().setAddress(OTHER_CARD).build());
        cards.use(18, true);
        assertRefused(Status.Code.FAILED_PRECONDITION, "0000:02:10.2", () -> pool("fast").allocate(request(OTHER_CARD, "0000:02:10.2")));
        assertEquals(List.of("0000:02:10.2 kubelet:example.com/fast"), owners(), "what was given before in the same request is taken back");
        assertRefused(Status.Code.FAILED_PRECONDITION, "is asked for twice", () -> pool("fast").allocate(request(OTHER_CARD, OTHER_CARD)));
    }

    @Test
    void aKubeletGetsAgainWhatItsContainerLeft() throws Exception {
        plugin.look();
        pool("media").allocate(request(FIRST));
        cards.move(address(FIRST), true);
        assertRefused(Status.Code.FAILED_PRECONDITION, "is still in the namespace of the container that had it before", () ->
                pool("media").allocate(request(FIRST)));
        cards.move(address(FIRST), false);
        cards.change("ens1v0", new Step.Rename("net1"));
        cards.change("net1", new Step.Mtu(9_000));
        pool("media").allocate(request(FIRST));
        assertEquals(List.of("ens1v0", "1500"), List.of(function(FIRST).getNetworkDevice(), cards.read("class/net/ens1v0/mtu").orElseThrow()));
        assertEquals(List.of(FIRST + " kubelet:example.com/media"), owners());
    }

    @Test
    void anotherConfigChangesPoolsAndNotWhoHasWhat() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST));
        Iterator<ListAndWatchResponse> watched = pool("fast").listAndWatch(Empty.getDefaultInstance());
        assertEquals(2, watched.next().getDevicesCount());
        config("""
                physicalFunctions: [{name: ens1, virtualFunctions: 2}, {name: ens2, virtualFunctions: 3}]
                pools:
                - {name: slow, prefix: example.com, selectors: {pfNames: ens1}}
                - {name: fast, prefix: example.com, mode: vfio, selectors: {pfNames: ens2}}
                """);
        plugin.look();
        assertEquals(3, watched.next().getDevicesCount(), "who watches a pool that stays is told");
        assertEquals(false, Files.exists(kubelets.resolve("jctl-example.com_media.sock")));
        assertEquals(4, devices("slow").size(), "a card of which somebody has a part stays as it is");
        assertEquals("example.com/slow", kubelet.registered().getLast().getResourceName());
        assertEquals(List.of(FIRST + " web"), owners());
        String why = "ens1 has 4 virtual functions, and gets 2 once nobody has any of them: 0000:01:10.0 is web's";
        assertEquals(List.of(why), agent().list(ListRequest.getDefaultInstance()).getNotesList());
        plugin.look();
        assertEquals(1, journaled(why), "once is enough");
        assertEquals("ens1v0", prepare(wanted("web", "media", FIRST)).getFunctions(0).getNetworkDevice(), "its pool is gone, and it is his");
        agent().release(ReleaseRequest.newBuilder().setOwner("web").build());
        plugin.look();
        assertEquals(2, devices("slow").size());
    }

    @Test
    void aConfigWithErrorsLeavesTheOldInForce() throws Exception {
        plugin.look();
        config("pools: [{name: 'a b', mode: fast}]");
        plugin.look();
        plugin.look();
        assertEquals(4, devices("media").size());
        assertEquals(1, journaled("fast is neither netdev nor vfio"));
        List<String> notes = agent().list(ListRequest.getDefaultInstance()).getNotesList();
        assertEquals(2, notes.stream().filter(each -> each.contains("is not followed, and the one before it stays in force")).count(), notes.toString());
        Files.delete(folder.resolve("config.yaml"));
        plugin.look();
        assertEquals(4, devices("media").size());
        assertEquals(1, journaled("there is no config " + folder.resolve("config.yaml") + ": the one that was there stays in force"));
        config("");
        plugin.look();
        assertEquals(4, devices("media").size(), "somebody may be writing it");
        assertEquals(1, journaled("that there are to be none is written \"pools: []\""));
        config(MEDIA);
        plugin.look();
        assertEquals(List.of(), agent().list(ListRequest.getDefaultInstance()).getNotesList());
        config("pools: []");
        plugin.look();
        assertEquals(false, Files.exists(kubelets.resolve("jctl-example.com_media.sock")));
    }

    @Test
    void aKubeletThatBeginsAnewIsRegisteredAtAgain() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST));
        kubelet.begin();
        plugin.look();
        assertEquals(4, kubelet.registered().size());
        assertEquals(4, devices("media").size());
        assertEquals(List.of(FIRST + " web"), owners(), "the agent's own socket is there again as well");
    }

    @Test
    void aPlugInThatBeginsAnewKnowsWhoHasWhat() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST).setWish(Wish.newBuilder().setVlan(9)));
        pool("fast").allocate(request(OTHER_CARD));
        cards.move(address(FIRST), true);
        beginAnew();
        assertEquals(List.of(FIRST + " web", OTHER_CARD + " kubelet:example.com/fast"), owners());
        assertEquals(List.of("0000:02:10.0 Healthy", "0000:02:10.2 Healthy"), devices("fast"), "it does not leave its pool");
        assertEquals(FIRST, prepare(wanted("web", "media", FIRST).setWish(Wish.newBuilder().setVlan(9))).getFunctions(0).getAddress());
        assertRefused(Status.Code.FAILED_PRECONDITION, "belongs to web", () -> prepare(wanted("db", "media", FIRST).setFence(2)));
    }

    @Test
    void aCardIsDividedByHandUntilTheConfigIsAnother() throws Exception {
        plugin.look();
        DivideRequest six = DivideRequest.newBuilder().setPhysical("ens1").setCount(6).setProbeDrivers(true).build();
        prepare(wanted("web", "media", FIRST));
        assertRefused(Status.Code.FAILED_PRECONDITION, "0000:01:10.0 is web's", () -> agent().divide(six));
        agent().release(ReleaseRequest.newBuilder().setOwner("web").build());
        assertEquals(6, agent().divide(six).getFunctionsCount());
        plugin.look();
        assertEquals(6, devices("media").size(), "the config does not undo it");
        assertEquals("igbvf", function(FIRST).getDriver());
        assertRefused(Status.Code.FAILED_PRECONDITION, "ens1 can be divided into 7 at most, and 8 are asked for", () ->
                agent().divide(six.toBuilder().setCount(8).build()));
        assertRefused(Status.Code.FAILED_PRECONDITION, "there is no physical function ens9 that could be divided; there are [ens1, ens2]", () ->
                agent().divide(six.toBuilder().setPhysical("ens9").build()));
        assertRefused(Status.Code.INVALID_ARGUMENT, "count 70000", () -> agent().divide(six.toBuilder().setCount(70_000).build()));
        config(MEDIA + "# another");
        plugin.look();
        assertEquals(6, devices("media").size(), "it says the same");
        config(MEDIA.replace("virtualFunctions: 2", "virtualFunctions: 3"));
        plugin.look();
        assertEquals(List.of(4, 3), List.of(devices("media").size(), devices("fast").size()));
    }

    @Test
    void whatAProgramHasOpenIsNotDividedAnew() throws Exception {
        plugin.look();
        HostFunctions outside = new HostFunctions(cards, cards, cards, Duration.ofMillis(50));
        outside.take(address(OTHER_CARD), new Step.Override("vfio-pci"));
        outside.take(address(OTHER_CARD), new Step.Probe());
        cards.use(17, true);
        config(MEDIA.replace("virtualFunctions: 2", "virtualFunctions: 5"));
        plugin.look();
        assertEquals(2, devices("fast").size());
        assertEquals(List.of("ens2 is not divided anew: a program has 0000:02:10.0 open"), agent().list(ListRequest.getDefaultInstance()).getNotesList());
        assertRefused(Status.Code.FAILED_PRECONDITION, "a program has it open that did not get it here", () -> prepare(wanted("web", "fast", OTHER_CARD)));
        cards.use(17, false);
        plugin.look();
        assertEquals(5, devices("fast").size());
    }

    @Test
    void aFunctionIsMadeFreeWhoeverHasIt() throws Exception {
        plugin.look();
        int group = prepare(wanted("dpdk", "fast", OTHER_CARD)).getFunctions(0).getIommuGroup();
        ResetRequest reset = ResetRequest.newBuilder().setAddress(OTHER_CARD).build();
        cards.use(group, true);
        assertRefused(Status.Code.FAILED_PRECONDITION, "is in use: a program has it open", () -> agent().reset(reset));
        cards.use(group, false);
        agent().reset(reset);
        assertEquals(List.of(), owners());
        assertRefused(Status.Code.INVALID_ARGUMENT, "\"ens1\" is no PCI address", () -> agent().reset(reset.toBuilder().setAddress("ens1").build()));
        assertRefused(Status.Code.FAILED_PRECONDITION, "there is no function 0000:09:00.0", () ->
                agent().reset(reset.toBuilder().setAddress("0000:09:00.0").build()));
        assertRefused(Status.Code.FAILED_PRECONDITION, "all of its virtual functions would be gone", () ->
                agent().reset(reset.toBuilder().setAddress("0000:01:00.0").build()));
    }

    @Test
    void theFirstOfTwoPoolsHasItAndTheOtherIsNamed() throws Exception {
        config(DIVIDED + """
                pools:
                - {name: some, prefix: example.com, selectors: {pfNames: 'ens1#0'}}
                - {name: all, prefix: example.com, selectors: {pfNames: ens1}}
                """);
        plugin.look();
        assertEquals(List.of("0000:01:10.0 Healthy"), devices("some"));
        assertEquals(3, devices("all").size());
        assertEquals("example.com/all would have it as well, and comes after example.com/some in the config", function(FIRST).getWhy());
        assertEquals("", function(SECOND).getWhy());
        assertTrue(function(OTHER_CARD).getWhy().contains("example.com/some: physical function ens2#0 is not ens1#0"), function(OTHER_CARD).getWhy());
    }

    @Test
    void aFunctionStaysInItsPoolHoweverItIsGiven() throws Exception {
        config(DIVIDED.replace("virtualFunctions: 4", "virtualFunctions: 4, probeDrivers: true") + """
                pools:
                - {name: media, prefix: example.com, mode: vfio, selectors: {drivers: igbvf}}
                - {name: bound, prefix: example.com, selectors: {drivers: vfio-pci}}
                """);
        plugin.look();
        prepare(wanted("dpdk", "media", FIRST));
        plugin.look();
        assertEquals(4, devices("media").size());
        assertEquals(List.of("vfio-pci", "example.com/media"), List.of(function(FIRST).getDriver(), function(FIRST).getResource()));
    }

    @Test
    void theHostsOwnWayToElsewhereIsNobodys() throws Exception {
        Files.writeString(folder.resolve("routes/route"), """
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                ens1v1\t00000000\t0100000A\t0003\t0\t0\t0\t00000000\t0\t0\t0
                ens1v2\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
                """);
        Files.writeString(folder.resolve("routes/ipv6_route"), "0".repeat(32) + " 00 " + "0".repeat(32) + " 00 fe80" + "0".repeat(27)
                + "1 00000400 00000001 00000000 00000003 ens1v3\n" + "0".repeat(32) + " 00 " + "0".repeat(32) + " 00 " + "0".repeat(32)
                + " ffffffff 00000001 00000000 00200200 lo\n");
        config(MEDIA.replace("virtualFunctions: 4", "virtualFunctions: 4, probeDrivers: true"));
        plugin.look();
        assertEquals(List.of("0000:01:10.0 Healthy", "0000:01:10.4 Healthy"), devices("media"));
        assertEquals("the host's own way to elsewhere leads through its ens1v1", function(SECOND).getWhy());
        assertRefused(Status.Code.FAILED_PRECONDITION, "the host's own way to elsewhere leads through its ens1v3", () ->
                agent().reset(ResetRequest.newBuilder().setAddress("0000:01:10.6").build()));
    }

    @Test
    void whatIsWrongWithAFunctionIsTold() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST).setWish(Wish.newBuilder().setVlan(100)));
        cards.change("ens1", 0, new Step.Tag(new sriov.grant.PortState.Vlan(200, 0, false)));
        cards.fail(2, 3);
        plugin.look();
        assertTrue(function(FIRST).getTrouble().startsWith("somebody has changed it since it was given to web: VLAN is"), function(FIRST).getTrouble());
        assertTrue(function(OTHER_CARD).getTrouble().contains("had 3 errors of PCI Express"), function(OTHER_CARD).getTrouble());
        assertEquals(List.of("0000:02:10.0 Unhealthy", "0000:02:10.2 Unhealthy"), devices("fast"));
        assertRefused(Status.Code.FAILED_PRECONDITION, "cannot be had: its card ens2 had 3 errors", () -> prepare(wanted("web", "fast", OTHER_CARD)));
        agent().reset(ResetRequest.newBuilder().setAddress(OTHER_CARD).build());
        plugin.look();
        assertEquals(List.of("0000:02:10.0 Healthy", "0000:02:10.2 Unhealthy"), devices("fast"));
        cards.change("ens2", new Step.Down());
        plugin.look();
        assertEquals("ens2 is turned off", function(OTHER_CARD).getTrouble());
        assertEquals(1, journaled("ens2 is turned off, and so nobody gets its 2 virtual functions: ip link set ens2 up"));
    }

    @Test
    void whoseOwnerNobodyKnowsIsShownAndNotGiven() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST));
        Files.writeString(folder.resolve("records").resolve(FIRST), "{");
        beginAnew();
        assertTrue(function(FIRST).getTrouble().startsWith("it may be somebody's: "), function(FIRST).getTrouble());
        assertEquals("0000:01:10.0 Unhealthy", devices("media").getFirst());
        assertRefused(Status.Code.FAILED_PRECONDITION, "somebody's", () -> prepare(wanted("web", "media", FIRST)));
        assertRefused(Status.Code.FAILED_PRECONDITION, "0000:01:10.0 is somebody's", () -> agent().divide(DivideRequest.newBuilder().setPhysical("ens1")
                .setCount(1).build()));
        config("pools: []");
        plugin.look();
        assertTrue(function(FIRST).getTrouble().startsWith("it may be somebody's: "), "in no pool either");
        agent().reset(ResetRequest.newBuilder().setAddress(FIRST).build());
        assertEquals("", function(FIRST).getTrouble());
    }

    @Test
    void whatIsOutsideOfItsReachIsNotGiven() throws Exception {
        config(MEDIA.replace("virtualFunctions: 4", "virtualFunctions: 4, probeDrivers: true"));
        plugin.look();
        cards.move(address(FIRST), true);
        assertRefused(Status.Code.FAILED_PRECONDITION, "is in use: its network device is in a namespace of somebody", () ->
                prepare(wanted("web", "media", FIRST)));
        plugin.look();
        assertEquals("0000:01:10.0 Healthy", devices("media").getFirst(), "a driver that has just begun looks the same");
        plugin.look();
        assertEquals("0000:01:10.0 Unhealthy", devices("media").getFirst());
    }

    @Test
    void aCardThatIsPulledOutTakesNobodyElseWithIt() throws Exception {
        plugin.look();
        prepare(wanted("web", "media", FIRST));
        prepare(wanted("dpdk", "fast", OTHER_CARD));
        cards.remove(2);
        plugin.look();
        assertEquals(List.of(), devices("fast"));
        assertEquals("it is not there any more; jctl vf reset 0000:02:10.0 forgets it", function(OTHER_CARD).getTrouble());
        assertEquals(List.of(OTHER_CARD), agent().release(ReleaseRequest.newBuilder().setOwner("dpdk").build()).getFunctionsList());
        assertEquals(List.of(FIRST + " web"), owners());
    }

    @Test
    void itLooksByItselfOnceItIsStarted() throws Exception {
        plugin.start();
        kubelet.await(2);
        kubelet.begin();
        kubelet.await(2);
        plugin.close();
        assertEquals(4, kubelet.registered().size());
        assertEquals(Optional.of("4"), cards.read("bus/pci/devices/0000:01:00.0/sriov_numvfs"));
    }
}
