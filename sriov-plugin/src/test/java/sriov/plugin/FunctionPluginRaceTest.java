package sriov.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import api.deviceplugin.AllocateRequest;
import api.deviceplugin.ContainerAllocateRequest;
import api.deviceplugin.DevicePluginGrpc;
import api.function.DivideRequest;
import api.function.ListRequest;
import api.function.PrepareRequest;
import api.function.ReleaseRequest;
import api.function.SweepRequest;
import api.function.VirtualFunctionsGrpc;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sriov.pool.Preference;

/** Many who want the same functions, while their card is divided anew and the config changes. */
class FunctionPluginRaceTest {
    private static final int ROUNDS = 60;
    private static final int THREADS = 6;
    private static final String CONFIG = "physicalFunctions: [{name: ens1, virtualFunctions: %d, probeDrivers: true}]\n"
            + "pools: [{name: media, prefix: example.com}]\n";

    @TempDir
    Path folder;

    private final SimulatedCards cards = new SimulatedCards().card(1, "ens1", 0);
    private final Map<String, String> owners = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void eachFunctionHasOneOwnerAndStaysWhileItHas() throws Exception {
        Path kubelet = Files.createDirectory(folder.resolve("kubelet"));
        Path config = folder.resolve("config.yaml");
        Files.writeString(config, CONFIG.formatted(4));
        LocalSocket sockets = new LocalSocket();
        try (FunctionPlugin plugin = FunctionPlugin.open(new FunctionPlugin.Settings(cards, cards, cards, Duration.ofMillis(50), folder.resolve("records"),
                kubelet, config, folder.resolve("routes"), Preference.SPREAD, InstantSource.system(), said -> { }))) {
            plugin.look();
            ManagedChannel channel = sockets.dial(kubelet.resolve("jctl-example.com_media.sock"));
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                String name = "owner" + i;
                Random random = new Random(i);
                threads.add(Thread.ofVirtual().start(() -> live(name, random, VirtualFunctionsGrpc.newBlockingStub(channel),
                        DevicePluginGrpc.newBlockingStub(channel))));
            }
            for (int i = 0; i < ROUNDS; i++) {
                Files.writeString(config, CONFIG.formatted(2 + i % 4));
                plugin.look();
            }
            for (Thread each : threads) {
                each.join();
            }
            assertEquals(List.of(), wrong.stream().limit(9).toList());
            VirtualFunctionsGrpc.VirtualFunctionsBlockingStub agent = VirtualFunctionsGrpc.newBlockingStub(channel);
            assertEquals(Map.of(), agent.sweep(SweepRequest.getDefaultInstance()).getRefusedMap());
            assertEquals(0, agent.list(ListRequest.getDefaultInstance()).getVirtualList().stream().filter(each -> !each.getOwner().isEmpty()
                    && !Handover.isKubelet(each.getOwner())).count());
            channel.shutdownNow();
        } finally {
            sockets.close();
        }
    }

    private void live(String name, Random random, VirtualFunctionsGrpc.VirtualFunctionsBlockingStub agent,
            DevicePluginGrpc.DevicePluginBlockingStub kubelet) {
        for (int i = 0; i < ROUNDS; i++) {
            String owner = name + "-" + i;
            String function = "0000:01:10." + 2 * random.nextInt(4);
            try {
                switch (random.nextInt(8)) {
                    case 0 -> agent.divide(DivideRequest.newBuilder().setPhysical("ens1").setCount(1 + random.nextInt(6)).setProbeDrivers(random.nextBoolean())
                            .build());
                    case 1 -> {
                        kubelet.allocate(AllocateRequest.newBuilder().addContainerRequests(ContainerAllocateRequest.newBuilder()
                                .addDeviceIds(function)).build());
                        agent.reset(api.function.ResetRequest.newBuilder().setAddress(function).build());
                    }
                    default -> hold(owner, function, agent);
                }
            } catch (StatusRuntimeException refused) {
                if (refused.getStatus().getCode() != Status.Code.FAILED_PRECONDITION) {
                    wrong.add(refused.toString());
                }
            }
        }
    }

    private void hold(String owner, String function, VirtualFunctionsGrpc.VirtualFunctionsBlockingStub agent) {
        agent.prepare(PrepareRequest.newBuilder().setOwner(owner).setFence(1).setResource("example.com/media").addFunctions(function).build());
        String other = owners.putIfAbsent(function, owner);
        if (other != null) {
            wrong.add(function + " belongs to " + other + " and " + owner);
        }
        if (cards.link("bus/pci/devices/" + function + "/physfn").isEmpty()) {
            wrong.add(function + " is gone from under " + owner);
        }
        owners.remove(function, owner);
        agent.release(ReleaseRequest.newBuilder().setOwner(owner).build());
    }
}
