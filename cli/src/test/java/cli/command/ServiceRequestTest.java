package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.cluster.Affinity;
import api.cluster.Constraint;
import api.cluster.ContainerTemplate;
import api.cluster.EndpointPort;
import api.cluster.FileReference;
import api.cluster.HostPort;
import api.cluster.Mode;
import api.cluster.NamedPort;
import api.cluster.Placement;
import api.cluster.Platform;
import api.cluster.Resources;
import api.cluster.RestartPolicy;
import api.cluster.ServiceEndpoint;
import api.cluster.ServiceSpec;
import api.cluster.Standby;
import api.cluster.TaskTemplate;
import api.cluster.UpdatePolicy;
import api.function.Wish;
import api.node.CreateContainerRequest;
import api.node.PortRequest;
import api.node.RegistryAuth;
import api.node.ResourceRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Command lines of service create and the messages they mean. */
class ServiceRequestTest {
    @TempDir
    Path folder;

    private final TestConsole console = new TestConsole().with("HOME", "/nonexistent");

    /** A spec in parts that a row of the table changes. */
    private static final class Parts {
        private final ServiceSpec.Builder spec = ServiceSpec.newBuilder().setName("web").setProject("default")
                .setMode(Mode.newBuilder().setReplicated(Mode.Replicated.newBuilder().setReplicas(1)));
        private final CreateContainerRequest.Builder options = CreateContainerRequest.newBuilder()
                .setImage("nginx");
        private final api.node.Resources.Builder limits = api.node.Resources.newBuilder();
        private final Resources.Builder reservation = Resources.newBuilder();
        private final Placement.Builder placement = Placement.newBuilder();
        private final RestartPolicy.Builder restart = RestartPolicy.newBuilder().setDelayMillis(1000);
        private final UpdatePolicy.Builder update = usual();
        private final UpdatePolicy.Builder rollback = usual();
        private final TaskTemplate.Builder task = TaskTemplate.newBuilder();

        private static UpdatePolicy.Builder usual() {
            return UpdatePolicy.newBuilder().setParallelism(1).setMonitorMillis(5000);
        }

        private ServiceSpec whole() {
            return spec.setTask(task.setContainer(ContainerTemplate.newBuilder().setImage("nginx")
                    .setOptions(options.setResources(limits))).setReservation(reservation)
                    .setPlacement(placement).setRestart(restart)).setUpdate(update).setRollback(rollback).build();
        }
    }

    /** What an option does to the spec. */
    private record Row(String words, Consumer<Parts> change) {}

    private static Row row(String words, Consumer<Parts> change) {
        return new Row(words, change);
    }

    private static List<Row> table() {
        List<Row> rows = new ArrayList<>(List.of(
                row("--name api", p -> p.spec.setName("api")),
                row("--project team", p -> p.spec.setProject("team")),
                row("--label a=b -l c", p -> p.spec.putLabels("a", "b").putLabels("c", "")),
                row("--priority -5", p -> p.spec.setPriority(-5)),
                row("--replicas 0", p -> p.spec.setMode(Mode.newBuilder()
                        .setReplicated(Mode.Replicated.newBuilder()))),
                row("--replicas 7 --unique", p -> p.spec.setMode(Mode.newBuilder()
                        .setReplicated(Mode.Replicated.newBuilder().setReplicas(7).setUnique(true)))),
                row("--mode global", p -> p.spec.setMode(Mode.newBuilder()
                        .setGlobal(Mode.Global.newBuilder()))),
                row("--mode global-job", p -> {
                    p.spec.setMode(Mode.newBuilder().setGlobalJob(Mode.GlobalJob.newBuilder()));
                    p.restart.setCondition(RestartPolicy.Condition.ON_FAILURE);
                }),
                row("--mode replicated-job --replicas 9 --max-concurrent 3", p -> {
                    p.spec.setMode(Mode.newBuilder()
                            .setJob(Mode.Job.newBuilder().setCompletions(9).setParallelism(3)));
                    p.restart.setCondition(RestartPolicy.Condition.ON_FAILURE);
                }),
                row("--mode cron --schedule @daily --overlap", p -> {
                    p.spec.setMode(Mode.newBuilder().setCron(Mode.Cron.newBuilder().setSchedule("@daily")
                            .setConcurrent(true)
                            .setJob(Mode.Job.newBuilder().setCompletions(1).setParallelism(1))));
                    p.restart.setCondition(RestartPolicy.Condition.ON_FAILURE);
                }),
                row("--replicas-per-site 6 --site a --site b --standby-site c --standby-replicas 1"
                        + " --site-failover-after 5s --site-failback-after never", p -> p.spec.setMode(Mode.newBuilder()
                                .setPerSite(Mode.PerSite.newBuilder().setReplicas(6).addSites("a").addSites("b")
                                        .setStandby(Standby.newBuilder().setSite("c").setReplicas(1)
                                                .setFailoverAfterMillis(5000).setFailbackAfterMillis(-1))))),
                row("--replicas-per-site 2 --standby-site c", p -> p.spec.setMode(Mode.newBuilder()
                        .setPerSite(Mode.PerSite.newBuilder().setReplicas(2).setStandby(Standby.newBuilder()
                                .setSite("c").setFailoverAfterMillis(3000).setFailbackAfterMillis(30_000))))),
                row("--container-label x=y", p -> p.options.putLabels("x", "y")),
                row("--host db:10.0.0.1", p -> p.options.addAddHosts("db:10.0.0.1")),
                row("--group wheel", p -> p.options.addGroupAdd("wheel")),
                row("--limit-cpu 1.5", p -> p.limits.setNanoCpus(1_500_000_000)),
                row("--limit-memory 64m", p -> p.limits.setMemoryLimitBytes(64 << 20)),
                row("--resource media=2,vlan=100 --resource x.y/z", p -> p.options
                        .addResourceRequests(ResourceRequest.newBuilder().setName("sriov/media").setCount(2)
                                .setWish(Wish.newBuilder().setVlan(100)))
                        .addResourceRequests(ResourceRequest.newBuilder().setName("x.y/z"))),
                row("--limit-pids 100", p -> p.limits.setPidsLimit(100)),
                row("--stop-grace-period 1m30s", p -> p.options.setStopTimeoutSeconds(90)),
                row("--stop-grace-period 1500ms", p -> p.options.setStopTimeoutSeconds(2)),
                row("--publish published=8080,target=80,mode=host", p -> {
                    p.task.addHostPorts(HostPort.newBuilder().setProtocol("tcp").setPort(8080));
                    p.options.addPorts(PortRequest.newBuilder().setFirstHostPort(8080).setLastHostPort(8080)
                            .setContainerPort(80).setProtocol("tcp"));
                }),
                row("--endpoint-mode dnsrr", p -> p.spec.setEndpoint(ServiceEndpoint.newBuilder()
                        .setMode(ServiceEndpoint.Mode.ROUND_ROBIN))),
                row("--balance in-turn", p -> p.spec.setEndpoint(ServiceEndpoint.newBuilder()
                        .setChoice(ServiceEndpoint.Choice.IN_TURN))),
                row("--prefer-local", p -> p.spec.setEndpoint(ServiceEndpoint.newBuilder().setPreferLocal(true))),
                row("--balance source -p 8080:80 -p 53/udp -p published=81,target=82", p -> p.spec.setEndpoint(
                        ServiceEndpoint.newBuilder().setChoice(ServiceEndpoint.Choice.SOURCE)
                                .addPorts(every("tcp", 8080, 80)).addPorts(every("udp", 0, 53))
                                .addPorts(every("tcp", 81, 82)))),
                row("--srv _sip._udp:5060 --srv _SIPS._tcp:5061", p -> p.spec.setEndpoint(ServiceEndpoint.newBuilder()
                        .addNamed(NamedPort.newBuilder().setName("_sip._udp").setPort(5060))
                        .addNamed(NamedPort.newBuilder().setName("_sips._tcp").setPort(5061)))),
                row("-p target=53,protocol=UDP,mode=host", p -> p.options.addPorts(
                        PortRequest.newBuilder().setContainerPort(53).setProtocol("udp")))));
        rows.addAll(placement());
        rows.addAll(rollout());
        rows.addAll(files());
        return rows;
    }

    private static EndpointPort every(String protocol, int published, int target) {
        return EndpointPort.newBuilder().setProtocol(protocol).setPublished(published).setTarget(target).build();
    }

    private static List<Row> placement() {
        return List.of(
                row("--constraint node.labels.zone==b --constraint node.role!=manager", p -> p.placement
                        .addConstraints(Constraint.newBuilder().setAttribute("node.labels.zone").setEqual(true)
                                .setValue("b"))
                        .addConstraints(Constraint.newBuilder().setAttribute("node.role").setValue("manager"))),
                row("--placement-pref spread=node.labels.zone", p -> p.placement.addSpread("node.labels.zone")),
                row("--placement-pref binpack", p -> p.placement.setBinpack(true)),
                row("--affinity db", p -> p.placement.addAffinities(
                        Affinity.newBuilder().setService("db").setLevel("node.id"))),
                row("--affinity db:node,must", p -> p.placement.addAffinities(
                        Affinity.newBuilder().setService("db").setLevel("node.id").setMust(true))),
                row("--anti-affinity web:node.labels.zone,must", p -> p.placement.addAffinities(
                        Affinity.newBuilder().setService("web").setApart(true).setLevel("node.labels.zone")
                                .setMust(true))),
                row("--replicas-max-per-node 2", p -> p.placement.setMaxPerNode(2)),
                row("--platform linux/arm64", p -> {
                    p.placement.addPlatforms(Platform.newBuilder().setOs("linux").setArchitecture("arm64"));
                    p.options.setPlatform("linux/arm64");
                }),
                row("--platform linux/arm64 --platform linux/amd64/v2", p -> p.placement
                        .addPlatforms(Platform.newBuilder().setOs("linux").setArchitecture("arm64"))
                        .addPlatforms(Platform.newBuilder().setOs("linux").setArchitecture("amd64"))),
                row("--reserve-cpu 0.25", p -> p.reservation.setCpuMillis(250)),
                row("--reserve-memory 1g", p -> p.reservation.setMemoryBytes(1 << 30)),
                row("--reserve-pids 10", p -> p.reservation.setPids(10)),
                row("--generic-resource gpu=2,ssd=1", p -> p.reservation.putNamed("gpu", 2).putNamed("ssd", 1)),
                row("--reserve hugepages-2Mi=512", p -> p.reservation.putNamed("hugepages-2Mi", 512)));
    }

    private static List<Row> rollout() {
        return List.of(
                row("--restart-condition none",
                        p -> p.restart.setCondition(RestartPolicy.Condition.NONE)),
                row("--restart-condition on-failure",
                        p -> p.restart.setCondition(RestartPolicy.Condition.ON_FAILURE)),
                row("--restart-condition any", p -> p.restart.setCondition(RestartPolicy.Condition.ANY)),
                row("--restart-delay 0", p -> p.restart.setDelayMillis(0)),
                row("--restart-delay 10s", p -> p.restart.setDelayMillis(10_000)),
                row("--restart-max-attempts 4", p -> p.restart.setMaxAttempts(4)),
                row("--restart-window 2m", p -> p.restart.setWindowMillis(120_000)),
                row("--update-parallelism 0", p -> p.update.setParallelism(0)),
                row("--update-delay 1m30s", p -> p.update.setDelayMillis(90_000)),
                row("--update-order start-first", p -> p.update.setStartFirst(true)),
                row("--update-order stop-first", p -> p.update.setStartFirst(false)),
                row("--update-monitor 500ms", p -> p.update.setMonitorMillis(500)),
                row("--update-failure-action rollback",
                        p -> p.update.setFailureAction(UpdatePolicy.FailureAction.ROLLBACK)),
                row("--update-max-failure-ratio 0.25", p -> p.update.setMaxFailurePercent(25)),
                row("--update-max-failure-ratio 1", p -> p.update.setMaxFailurePercent(100)),
                row("--rollback-parallelism 3", p -> p.rollback.setParallelism(3)),
                row("--rollback-delay 1ms", p -> p.rollback.setDelayMillis(1)),
                row("--rollback-order start-first", p -> p.rollback.setStartFirst(true)),
                row("--rollback-monitor 0", p -> p.rollback.setMonitorMillis(0)),
                row("--rollback-failure-action continue",
                        p -> p.rollback.setFailureAction(UpdatePolicy.FailureAction.CONTINUE)),
                row("--rollback-max-failure-ratio .1", p -> p.rollback.setMaxFailurePercent(10)));
    }

    private static List<Row> files() {
        return List.of(
                row("--secret key", p -> p.task.addSecrets(FileReference.newBuilder().setName("key")
                        .setTarget("/run/secrets/key").setMode(0444))),
                row("--secret source=key,target=tls/key,uid=33,gid=34,mode=0400", p -> p.task.addSecrets(
                        FileReference.newBuilder().setName("key").setTarget("/run/secrets/tls/key").setUserId(33)
                                .setGroupId(34).setMode(0400))),
                row("--config site", p -> p.task.addConfigs(FileReference.newBuilder().setName("site")
                        .setTarget("/site").setMode(0444))),
                row("--config src=site,target=/etc/site.conf,mode=0", p -> p.task.addConfigs(
                        FileReference.newBuilder().setName("site").setTarget("/etc/site.conf"))));
    }

    private ServiceSpec spec(String... words) throws Exception {
        Arguments arguments = ArgumentParser.parse(new ServiceCreateCommand().syntax(), words, 0);
        return ServiceSpec.parseFrom(ServiceRequest.whole(arguments, console.console()));
    }

    private static String[] line(String options, String... more) {
        List<String> words = new ArrayList<>(List.of(options.split(" ")));
        if (!options.contains("--name")) {
            words.add("--name=web");
        }
        words.addAll(List.of(more));
        words.add("nginx");
        return words.toArray(new String[0]);
    }

    @Test
    void everyOptionLandsInItsField() throws Exception {
        for (Row row : table()) {
            Parts parts = new Parts();
            row.change().accept(parts);
            assertEquals(parts.whole(), spec(line(row.words())), row.words());
        }
    }

    @Test
    void everyOptionOfTheServiceIsInTheTable() {
        Set<String> untried = new TreeSet<>();
        Syntax run = new RunCommand("run").syntax();
        for (Option option : new ServiceCreateCommand().syntax().options()) {
            // AutoscaleFlagsTest tries the others.
            if (run.find(option.name()) == null && !option.name().startsWith("autoscale-")) {
                untried.add(option.name());
            }
        }
        for (Row row : table()) {
            for (String word : row.words().split(" ")) {
                untried.remove(word.startsWith("--") ? word.substring(2) : "");
            }
        }
        assertEquals(Set.of("with-registry-auth"), untried);
    }

    @Test
    void whatRunSaysOfAContainerASpecSaysToo() throws Exception {
        CreateContainerRequest run = CreateContainerRequest.parseFrom(ContainerRequest.of(
                ArgumentParser.parse(new RunCommand("run").syntax(), container(), 0), console.console()));
        String[] words = container();
        String[] named = new String[words.length + 1];
        named[0] = "--name=web";
        System.arraycopy(words, 0, named, 1, words.length);
        assertEquals(run, spec(named).getTask().getContainer().getOptions());
        assertEquals("debian", spec(named).getTask().getContainer().getImage());
    }

    private static String[] container() {
        return new String[] {"-e", "A=1", "-w", "/srv", "-u", "1:2", "-t", "--init", "--entrypoint", "sh",
            "-v", "data:/data", "--tmpfs", "/tmp", "--read-only", "--cap-add", "NET_ADMIN", "--cap-drop", "ALL",
            "--security-opt", "no-new-privileges", "-m", "64m", "--cpus", "2", "--pids-limit", "9",
            "--network", "front", "--dns", "1.1.1.1", "-h", "box", "--health-cmd", "true", "--sysctl",
            "net.core.somaxconn=9", "--log-driver", "none", "--pull", "always", "--hugepages", "2M=4",
            "debian", "ls", "--rm"};
    }

    @Test
    void theLoginOfTheRegistryGoesAlongIfThatIsSaid() throws Exception {
        console.with("JCTL_CONFIG", folder.toString());
        assertEquals(0, console.withInput("secret\n").run("login", "-u", "me", "--password-stdin", "r.example"));
        String[] plain = {"--name", "web", "r.example/a"};
        String[] with = {"--name", "web", "--with-registry-auth", "r.example/a"};
        assertTrue(!spec(plain).getTask().getContainer().getOptions().hasAuth(), "no login unasked");
        assertEquals(RegistryAuth.newBuilder().setRegistry("r.example").setUsername("me").setPassword("secret")
                .build(), spec(with).getTask().getContainer().getOptions().getAuth());
    }

    @Test
    void aServiceWithoutANameIsNamedAfterItsImage() throws Exception {
        assertTrue(spec("registry:5000/team/Web_Site:1").getName().matches("web-site-[0-9a-f]{8}"));
        assertTrue(spec("host").getName().matches("host-[0-9a-f]{8}"));
        assertTrue(spec("日本").getName().matches("service-[0-9a-f]{8}"));
        assertEquals("", ServiceNames.wrong(spec("x".repeat(200)).getName()));
    }

    private void refused(String words, String option, String line) {
        UsageException error = assertThrows(UsageException.class, () -> spec(line(line)), line);
        assertTrue(error.getMessage().contains("--" + option), error.getMessage());
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    @Test
    void whatCannotBeIsRefusedBeforeAnybodyIsAsked() {
        refused("lower-case letters", "name", "--name Web");
        refused("lower-case letters", "name", "--name сервис");
        refused("1 to 63 characters", "name", "--name " + "a".repeat(64));
        refused("expected replicated, global", "mode", "--mode often");
        refused("of mode global", "replicas", "--mode global --replicas 3");
        refused("of mode global-job", "replicas", "--mode global-job --replicas 3");
        refused("of mode global-job", "max-concurrent", "--mode global-job --max-concurrent 3");
        refused("of mode global-job", "update-delay", "--mode global-job --update-delay 1s");
        refused("over when they end well", "restart-condition", "--mode global-job --restart-condition any");
        refused("of mode replicated", "max-concurrent", "--max-concurrent 3");
        refused("of mode replicated", "schedule", "--schedule @daily");
        refused("of mode replicated-job", "update-delay", "--mode replicated-job --update-delay 1s");
        refused("needs --schedule", "mode", "--mode cron");
        refused("has 2 fields", "schedule", "--mode cron --schedule=5\u00a0\t*");
        refused("expected 0 or more", "replicas", "--replicas -1");
        refused("expected 1 or more", "replicas", "--mode replicated-job --replicas 0");
        refused("expected a whole number", "replicas", "--replicas many");
        refused("value out of range", "replicas", "--replicas 9999999999");
        refused("is not of the form", "constraint", "--constraint node.labels.zone=b");
        refused("nothing a node can be asked", "constraint", "--constraint zone==b");
        refused("expected spread=ATTRIBUTE", "placement-pref", "--placement-pref near");
        refused("nothing a node can be asked", "placement-pref", "--placement-pref spread=zone");
        refused("nothing a node can be asked", "affinity", "--affinity db:rack");
        refused("only \"must\"", "anti-affinity", "--anti-affinity db,soon");
        refused("lower-case letters", "affinity", "--affinity Db");
        refused("expected os/arch", "platform", "--platform linux");
        refused("finer than thousandths", "reserve-cpu", "--reserve-cpu 0.0001");
        refused("expected a number like 1.5", "reserve-cpu", "--reserve-cpu half");
        refused("expected key=value", "generic-resource", "--generic-resource gpu");
        refused("above 0", "reserve", "--reserve gpu=0");
        refused("are the same", "limit-memory", "--limit-memory 1g --memory 2g");
        refused("expected none, on-failure or any", "restart-condition", "--restart-condition always");
        refused("over when they end well", "restart-condition", "--mode cron --schedule @daily"
                + " --restart-condition any");
        refused("expected a time like 30s", "restart-delay", "--restart-delay 5");
        refused("a ratio is from 0 to 1", "update-max-failure-ratio", "--update-max-failure-ratio 1.5");
        refused("a ratio is from 0 to 1", "rollback-max-failure-ratio", "--rollback-max-failure-ratio -0.1");
        refused("finer than hundredths", "update-max-failure-ratio", "--update-max-failure-ratio 0.001");
        refused("expected stop-first or start-first", "update-order", "--update-order random");
        refused("expected pause or continue", "rollback-failure-action", "--rollback-failure-action rollback");
        refused("a port of every node has no address", "publish", "--publish 127.0.0.1:8080:80");
        refused("a port is from 1 to 65535, not x", "publish", "--publish x:80");
        refused("expected tcp, udp or sctp", "publish", "--publish 80/icmp");
        refused("unknown mode all", "publish", "--publish published=8080,target=80,mode=all");
        refused("published twice", "publish", "-p 80:1 -p published=80,target=2,mode=host");
        refused("expected vip or dnsrr", "endpoint-mode", "--endpoint-mode dns");
        refused("expected random, in-turn or source", "balance", "--balance least");
        refused("leave one of them out", "prefer-local", "--endpoint-mode dnsrr --prefer-local");
        refused("expected NAME:PORT", "srv", "--srv _sip._udp");
        refused("\"sip\" is no name of a port", "srv", "--srv sip:5060");
        refused("\"_sip.udp\" is no name of a port", "srv", "--srv _sip.udp:5060");
        refused("0 is not from 1 to 65535", "srv", "--srv _sip._udp:0");
        refused("70000 is not from 1 to 65535", "srv", "--srv _sip._udp:70000");
        refused("there twice", "srv", "--srv _sip._udp:1 --srv _SIP._udp:2");
        refused("at most 16", "srv", IntStream.range(0, 17).mapToObj(number -> "--srv _s" + number + "._udp:1")
                .collect(Collectors.joining(" ")));
        refused("target=PORT is missing", "publish", "--publish published=8080,mode=host");
        refused("from 1 to 65535", "publish", "--publish published=65536,target=80,mode=host");
        refused("from 1 to 65535", "publish", "--publish target=0,mode=host");
        refused("published twice", "publish", "-p published=1,target=2,mode=host -p published=1,target=3,mode=host");
        refused("unknown field", "secret", "--secret source=a,owner=b");
        refused("source=NAME is missing", "config", "--config target=/a");
        refused("octal", "secret", "--secret source=a,mode=999");
        refused("from 0", "secret", "--secret source=a,uid=-1");
        refused("one container", "network", "--network container:db");
        refused("unknown flag", "rm", "--rm");
    }
}
