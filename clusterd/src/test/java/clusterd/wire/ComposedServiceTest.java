package clusterd.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.function.Wish;
import api.node.CreateContainerRequest;
import api.node.Mount;
import api.node.NetworkPlace;
import api.node.PortRequest;
import api.node.PullPolicy;
import api.node.ResourceRequest;
import clusterd.compose.ComposeInput;
import clusterd.compose.ComposeOutcome;
import clusterd.compose.ComposeProject;
import clusterd.compose.ComposeReader;
import clusterd.model.EndpointPort;
import clusterd.model.FileReference;
import clusterd.model.HostPort;
import clusterd.model.NamedPort;
import clusterd.model.ServiceEndpoint;
import clusterd.model.ServiceSpec;
import clusterd.template.DeviceRequests;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComposedServiceTest {
    private static final String SHOP = """
            services:
              web:
                image: nginx:1.27
                command: [nginx, -g, "daemon off;"]
                entrypoint: []
                environment: {B: "2", A: "1"}
                labels: {own: x}
                stop_grace_period: 20s
                ports:
                  - 8080:80
                  - {target: 53, published: 5353, protocol: udp, mode: host}
                networks: {front: {aliases: [www], ipv4_address: 10.1.0.9}}
                volumes: [data:/data:ro, "/srv:/srv:rslave", {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
                secrets: [{source: key, uid: "7", mode: 0400}]
                configs: [{source: conf, target: /etc/c}]
                healthcheck: {test: [CMD, test, -f, "it's"], interval: 5s, retries: 2}
                security_opt: [no-new-privileges, apparmor=shop]
                pull_policy: always
                ulimits: {nofile: 1024}
                deploy:
                  labels: {tier: front}
                  resources: {limits: {cpus: 1.5, memory: 64M}, reservations: {memory: 32M}}
                x-jctl: {project: telecom, priority: 7, affinity: [{service: db}, {service: elsewhere, apart: true}],
                         srv: [_sip._udp:5060]}
              db: {image: pg}
            networks: {front: }
            volumes: {data: }
            secrets: {key: {external: true, name: corp-key}}
            configs: {conf: {content: x}}
            """;

    private static ServiceSpec spec(String text, String service) {
        ComposeOutcome outcome = ComposeReader.read(ComposeInput.of("shop", text));
        assertEquals(List.of(), outcome.errors());
        ComposeProject project = outcome.project().orElseThrow();
        return ComposedService.spec(project, project.services().get(service));
    }

    private static CreateContainerRequest request(ServiceSpec spec) throws InvalidProtocolBufferException {
        return CreateContainerRequest.parseFrom(spec.task().container().options());
    }

    @Test
    void namesAndLabelsAreThoseOfTheStack() {
        ServiceSpec spec = spec(SHOP, "web");
        assertEquals("shop_web", spec.name());
        assertEquals(Map.of("com.docker.stack.namespace", "shop", "jctl.stack.service", "web", "tier", "front"), spec.labels());
        assertEquals(new ServiceEndpoint(ServiceEndpoint.Mode.VIRTUAL, ServiceEndpoint.Choice.RANDOM,
                List.of(new EndpointPort("tcp", 8080, 80)), List.of(new NamedPort("_sip._udp", 5060))), spec.reached());
        assertEquals("telecom", spec.project());
        assertEquals(7, spec.priority());
        assertEquals(List.of("shop_db", "elsewhere"), spec.task().placement().affinities().stream()
                .map(affinity -> affinity.service()).toList());
        assertEquals("default", spec(SHOP, "db").project());
    }

    @Test
    void aTaskIsGivenDevicesThatPluginsOffer() throws InvalidProtocolBufferException {
        ServiceSpec spec = spec("services: {relay: {image: r, x-jctl: {resources: [\"media=2,vlan=100\"]}}}", "relay");
        assertEquals(List.of(ResourceRequest.newBuilder().setName("sriov/media").setCount(2)
                .setWish(Wish.newBuilder().setVlan(100)).build()), request(spec).getResourceRequestsList());
        assertEquals(Map.of("sriov/media", 2L), spec.task().reservation().named());
        assertEquals(spec.task(), DeviceRequests.counted(spec.task()), "as the manager would have it: no change is planned");
    }

    @Test
    void aTaskTakesWhatItNamesOfItsNode() {
        ServiceSpec spec = spec(SHOP, "web");
        assertEquals(List.of(new HostPort("udp", 5353)), spec.task().hostPorts());
        assertEquals(List.of(new FileReference("corp-key", "/run/secrets/key", 7, 0, 0400)), spec.task().secrets());
        assertEquals(List.of(new FileReference("shop_conf", "/etc/c", 0, 0, 0444)), spec.task().configs());
        assertEquals(32L << 20, spec.task().reservation().memoryBytes());
    }

    @Test
    void theContainerIsAsTheFileSays() throws InvalidProtocolBufferException {
        CreateContainerRequest request = request(spec(SHOP, "web"));
        assertEquals("nginx:1.27", request.getImage());
        assertEquals(List.of("nginx", "-g", "daemon off;"), request.getArgsList());
        assertTrue(request.hasEntrypoint());
        assertEquals(0, request.getEntrypoint().getWordsCount());
        assertEquals(List.of("A=1", "B=2"), request.getEnvList());
        assertEquals(Map.of("own", "x", "com.docker.stack.namespace", "shop"), request.getLabelsMap());
        assertEquals(20, request.getStopTimeoutSeconds());
        assertEquals(PullPolicy.ALWAYS, request.getPullPolicy());
        assertTrue(request.getSecurity().getNoNewPrivileges());
        assertEquals("shop", request.getSecurity().getApparmorProfile());
        assertEquals(1_500_000_000L, request.getResources().getNanoCpus());
        assertEquals(64L << 20, request.getResources().getMemoryLimitBytes());
        assertEquals(32L << 20, request.getResources().getMemoryReservationBytes());
        assertEquals(1024, request.getResources().getUlimits(0).getHard());
        assertEquals("test -f 'it'\\''s'", request.getHealth().getCommand());
        assertEquals(5_000_000_000L, request.getHealth().getIntervalNanos());
    }

    @Test
    void networksPortsAndMountsAreThoseOfTheCluster() throws InvalidProtocolBufferException {
        CreateContainerRequest request = request(spec(SHOP, "web"));
        assertEquals("shop_front", request.getNetworkMode());
        assertEquals(List.of(NetworkPlace.newBuilder().setNetwork("shop_front").addAliases("web").addAliases("www")
                .setIpv4Address("10.1.0.9").build()), request.getNetworksList());
        assertEquals(List.of(PortRequest.newBuilder().setFirstHostPort(5353).setLastHostPort(5353)
                .setContainerPort(53).setProtocol("udp").build()), request.getPortsList());
        assertEquals(List.of(
                Mount.newBuilder().setKind(Mount.Kind.VOLUME).setSource("shop_data").setTarget("/data")
                        .setReadOnly(true).build(),
                Mount.newBuilder().setKind(Mount.Kind.BIND).setSource("/srv").setTarget("/srv")
                        .setCreateSource(true).setPropagation(Mount.Propagation.RSLAVE).build(),
                Mount.newBuilder().setKind(Mount.Kind.TMPFS).setTarget("/t").setTmpfsSizeBytes(1 << 20).build()),
                request.getMountsList());
        assertEquals("shop_default", request(spec(SHOP, "db")).getNetworkMode());
    }

    @Test
    void theNodesOwnNetworkMayBeNamedAsAnExternalOne() throws InvalidProtocolBufferException {
        CreateContainerRequest request = request(spec("services: {w: {image: x, networks: [out]}}\n"
                + "networks: {out: {external: true, name: host}}", "w"));
        assertEquals("host", request.getNetworkMode());
        assertEquals(0, request.getNetworksCount());
    }

    @Test
    void whatTheFileDoesNotSayIsLeftToTheImage() throws InvalidProtocolBufferException {
        CreateContainerRequest request = request(spec(SHOP, "db"));
        assertFalse(request.hasEntrypoint() || request.hasHealth() || request.hasSecurity()
                || request.hasStopTimeoutSeconds() || request.getResources().hasPidsLimit());
    }

    @Test
    void theSameFileGivesTheSameBytes() {
        assertEquals(spec(SHOP, "web"), spec(SHOP, "web"));
    }
}
