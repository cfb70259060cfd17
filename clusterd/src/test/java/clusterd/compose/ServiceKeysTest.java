package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import clusterd.model.Affinity;
import clusterd.model.Mode;
import clusterd.model.NamedPort;
import clusterd.model.Platform;
import clusterd.model.RestartPolicy;
import clusterd.model.ServiceEndpoint;
import clusterd.model.UpdatePolicy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import runtime.device.ResourceWords;

class ServiceKeysTest {
    private static ComposeService service(String keys) {
        return Read.with().service(keys);
    }

    @Test
    void commandAndEntrypointAreWordsInBothForms() {
        ComposeService service = service("""
                command: sh -c "echo 'a b'  $$HOME" \\"x
                entrypoint: [tini, --, ""]
                """.replace("\\\"x", "'it'"));
        assertEquals(Optional.of(List.of("sh", "-c", "echo 'a b'  $HOME", "it")), service.program().command());
        assertEquals(Optional.of(List.of("tini", "--", "")), service.program().entrypoint());
        assertEquals(Optional.empty(), service("command: null").program().command());
        assertEquals(Optional.of(List.of()), service("entrypoint: []").program().entrypoint());
        assertTrue(Read.with().errors("command: \"'open\"").getFirst().contains("a ' is not closed"));
    }

    @Test
    void whatRunsIsRead() {
        Program program = service("""
                working_dir: /srv
                user: "1000:100"
                group_add: [audio, 44]
                tty: true
                stdin_open: "true"
                init: true
                stop_signal: SIGQUIT
                stop_grace_period: 1m30s
                """).program();
        assertEquals("/srv", program.workingDirectory());
        assertEquals("1000:100", program.user());
        assertEquals(List.of("audio", "44"), program.groups());
        assertTrue(program.terminal() && program.standardInput() && program.init());
        assertEquals("SIGQUIT", program.stopSignal());
        assertEquals(OptionalInt.of(90), program.stopSeconds());
    }

    @Test
    void environmentComesFromFilesThenTheServiceThenOutside() {
        ComposeService service = Read.with().variable("OUTER", "o").file("/shop/a.env", "A=1\nB=file\n# no\nexport C='$x'\n")
                .file("/shop/sub/b.env", "D=\"two\\nlines $A\" \nE=plain # comment\nOUTER\n")
                .file("/shop/raw", "R=$A 'x'\n").service("""
                env_file:
                  - a.env
                  - path: ./sub/b.env
                  - {path: missing.env, required: false}
                  - {path: raw, format: raw}
                environment:
                  - B=own
                  - OUTER
                  - UNSET
                  - EMPTY=
                """);
        assertEquals(Map.of("A", "1", "B", "own", "C", "$x", "D", "two\nlines ", "E", "plain", "OUTER", "o",
                "R", "$A 'x'", "EMPTY", ""), service.program().environment());
        assertEquals(Map.of("T", "true", "N", "1.10", "E", ""),
                service("environment: {T: true, N: 1.10, E: \"\", NONE: }").program().environment());
        assertTrue(Read.with().errors("env_file: no.env").getFirst()
                .contains("services.web.env_file: there is no file /shop/no.env"));
    }

    @Test
    void labelsAreListsOrMapsOrFiles() {
        assertEquals(Map.of("a", "1", "b", "", "c", "x=y"), service("labels: [a=1, b, c=x=y]").labels());
        assertEquals(Map.of("a", "true"), service("labels: {a: true}").labels());
        assertEquals(Map.of("f", "1", "g", "3"), Read.with().file("/shop/l", "f=1\ng=2\n")
                .service("label_file: l\nlabels: {g: 3}").labels());
        assertEquals(Map.of("n", "1"), service("annotations: [n=1]").annotations());
    }

    @Test
    void isolationIsRead() {
        Isolation isolation = service("""
                read_only: true
                privileged: true
                cap_add: [NET_ADMIN]
                cap_drop: [ALL]
                security_opt: ["no-new-privileges:true", seccomp=unconfined, "label:type:spc_t"]
                sysctls: {net.core.somaxconn: 1024}
                devices: [/dev/fuse, "/dev/sda:/dev/xvda:r", vendor.com/vf=media, {source: /dev/a, permissions: rw}]
                device_cgroup_rules: ["c 1:3 rwm"]
                pid: host
                ipc: shareable
                uts: host
                userns_mode: host
                cgroup: private
                cgroup_parent: /lab
                shm_size: 128m
                oom_score_adj: -500
                gpus: all
                """).isolation();
        assertEquals(new Isolation(true, true, List.of("NET_ADMIN"), List.of("ALL"),
                List.of("no-new-privileges=true", "seccomp=unconfined", "label=type:spc_t"),
                new java.util.TreeMap<>(Map.of("net.core.somaxconn", "1024")),
                List.of(new Isolation.DeviceUse("/dev/fuse", "/dev/fuse", "rwm"),
                        new Isolation.DeviceUse("/dev/sda", "/dev/xvda", "r"),
                        new Isolation.DeviceUse("/dev/a", "/dev/a", "rw")),
                List.of("vendor.com/vf=media"), "all", List.of("c 1:3 rwm"), "host", "shareable", "host", "host",
                "private", "/lab", 128L << 20, OptionalInt.of(-500), List.of()), isolation);
    }

    @Test
    void portsInTheShortFormAreForAllNodes() {
        List<ServicePort> ports = service("""
                ports: ["80", 8080:81, "127.0.0.1:8443:443/tcp", "[::1]:53:53/udp", "::1:54:54", "9000-9001:90-91",
                  "7000-7009:70"]
                """).links().ports();
        assertEquals(List.of(new ServicePort(false, "", 0, 0, 80, "tcp"),
                new ServicePort(false, "", 8080, 8080, 81, "tcp"),
                new ServicePort(false, "127.0.0.1", 8443, 8443, 443, "tcp"),
                new ServicePort(false, "::1", 53, 53, 53, "udp"), new ServicePort(false, "::1", 54, 54, 54, "tcp"),
                new ServicePort(false, "", 9000, 9000, 90, "tcp"), new ServicePort(false, "", 9001, 9001, 91, "tcp"),
                new ServicePort(false, "", 7000, 7009, 70, "tcp")), ports);
    }

    @Test
    void portsInTheLongFormMayBeOfTheNode() {
        assertEquals(List.of(new ServicePort(true, "10.0.0.1", 8080, 8080, 80, "sctp"),
                new ServicePort(false, "", 0, 0, 81, "tcp")), service("""
                ports:
                  - {target: 80, published: "8080", mode: host, protocol: sctp, host_ip: 10.0.0.1}
                  - target: 81
                """).links().ports());
    }

    @Test
    void everyWrongPortIsTold() {
        List<String> errors = Read.with().errors("""
                ports: ["0", "65536", "80:x", "90-80", "1-3:1-2", "a:80:80", "80/icmp", {target: 80, mode: both}, [80],
                  {published: 80}, "1:2:3:4"]
                """);
        assertEquals(11, errors.size(), errors::toString);
        for (int i = 0; i < 11; i++) {
            String path = "services.web.ports[" + i + "]";
            assertTrue(errors.stream().anyMatch(error -> error.contains(path)), () -> path + " is not in " + errors);
        }
    }

    @Test
    void namesAndResolversAreRead() {
        Links links = service("""
                hostname: box
                domainname: example.org
                expose: ["3000", 8000-8001/udp]
                dns: 1.1.1.1
                dns_search: [a.org, b.org]
                dns_opt: [ndots:2]
                extra_hosts: ["db:10.0.0.2", "v6=[::1]", "host:host-gateway", "w:::1"]
                network_mode: host
                """).links();
        assertEquals(new Links("box", "example.org", "host", List.of(), List.of(),
                List.of("3000/tcp", "8000/udp", "8001/udp"), List.of("1.1.1.1"), List.of("a.org", "b.org"),
                List.of("ndots:2"), List.of("db:10.0.0.2", "v6:::1", "host:host-gateway", "w:::1")), links);
        assertEquals(List.of("a:10.0.0.1", "a:10.0.0.2"),
                service("extra_hosts: {a: [10.0.0.1, 10.0.0.2]}").links().extraHosts());
    }

    @Test
    void networksAreNamesOrMapsTheHighestPriorityFirst() {
        ComposeProject project = Read.with().project("""
                services:
                  web:
                    image: nginx
                    networks:
                      front:
                      back: {aliases: [api], ipv4_address: 10.9.0.5, ipv6_address: "fd00::5", priority: 5,
                        interface_name: api0}
                  db: {image: pg, networks: [back]}
                  lone: {image: x}
                networks:
                  front:
                  back: {driver: overlay, internal: true, attachable: true, enable_ipv6: true, driver_opts: {mtu: 1400},
                    ipam: {config: [{subnet: 10.9.0.0/24, ip_range: 10.9.0.128/25, gateway: 10.9.0.1}]}, labels: [a=1]}
                  wide: {external: true, name: corp}
                  old: {external: {name: legacy}}
                """);
        assertEquals(List.of(new Links.NetworkUse("back", List.of("api"), "10.9.0.5", "fd00::5", 5, "api0"),
                new Links.NetworkUse("front", List.of(), "", "", 0, "")),
                project.services().get("web").links().networks());
        assertEquals("default", project.services().get("lone").links().networks().getFirst().network());
        assertEquals("shop_default", project.networks().get("default").name());
        assertEquals("shop_front", project.networks().get("front").name());
        assertEquals("corp", project.networks().get("wide").name());
        assertEquals("legacy", project.networks().get("old").name());
        assertTrue(project.networks().get("old").external());
        ComposeNetwork back = project.networks().get("back");
        assertEquals(List.of(new ComposeNetwork.Pool("10.9.0.0/24", "10.9.0.128/25", "10.9.0.1")), back.pools());
        assertEquals(Map.of("mtu", "1400"), back.options());
        assertTrue(back.internal() && back.attachable() && back.ipv6());
        Read.with().oneError("did you mean \"front\"?", "services: {a: {image: x, networks: [frnt]}}\nnetworks: {front: }");
    }

    @Test
    void whoMayTalkToWhomIsSaidOfANetwork() {
        ComposeProject project = Read.with().project("""
                services: {web: {image: x, networks: [back]}, db: {image: x, networks: [back]}}
                networks:
                  back: {x-jctl: {default_deny: true, rules: [allow web to db:5432, 'allow tier=front to other/icmp']}}
                """);
        ComposeNetwork.Policy policy = project.networks().get("back").policy();
        assertTrue(policy.closed());
        assertEquals(List.of("allow shop_web to shop_db:5432", "allow tier=front to other/icmp"),
                policy.rules("shop_", project.services().keySet()), "others keep their names");
        Read.with().oneError("a rule is \"allow|deny FROM to TO", "services: {a: {image: x, networks: [n]}}\n"
                + "networks: {n: {x-jctl: {rules: [web to db]}}}");
        Read.with().oneError("this one is external", "services: {a: {image: x, networks: [n]}}\n"
                + "networks: {n: {external: true, x-jctl: {default_deny: true}}}");
        Read.with().oneError("this one's driver is bridge", "services: {a: {image: x, networks: [n]}}\n"
                + "networks: {n: {driver: bridge, x-jctl: {rules: [allow a to a]}}}");
        Read.with().oneError("did you mean \"x-jctl\"?", "services: {a: {image: x, networks: [n]}}\n"
                + "networks: {n: {x-jctrl: {default_deny: true}}}");
    }

    @Test
    void mountsAreReadInAllForms() {
        ComposeProject project = Read.with().variable("HOME", "/home/me").project("""
                services:
                  web:
                    image: nginx
                    volumes:
                      - /anonymous
                      - data:/data:ro,nocopy
                      - ./site:/site:ro
                      - ~/notes:/notes
                      - ../up:/up:rslave
                      - {type: bind, source: ./b, target: /b, read_only: true,
                         bind: {propagation: shared, create_host_path: true, recursive: disabled}}
                      - {type: volume, source: data, target: /v, volume: {nocopy: true}}
                      - {type: tmpfs, target: /t, tmpfs: {size: 64m, mode: 01777}}
                    tmpfs: /run:size=1m,mode=755,noexec,ro
                volumes:
                  data: {name: shared-data, labels: {a: 1}}
                """);
        List<ServiceMount> mounts = project.services().get("web").mounts();
        OptionalInt none = OptionalInt.empty();
        assertEquals(List.of(
                new ServiceMount(ServiceMount.Kind.VOLUME, "", "/anonymous", false, "", false, true, true, 0, none,
                        List.of()),
                new ServiceMount(ServiceMount.Kind.BIND, "/shop/b", "/b", true, "shared", true, false, true, 0, none,
                        List.of()),
                new ServiceMount(ServiceMount.Kind.VOLUME, "data", "/data", true, "", false, true, false, 0, none,
                        List.of()),
                new ServiceMount(ServiceMount.Kind.BIND, "/home/me/notes", "/notes", false, "", true, true, true, 0,
                        none, List.of()),
                new ServiceMount(ServiceMount.Kind.TMPFS, "", "/run", true, "", false, true, true, 1 << 20,
                        OptionalInt.of(0755), List.of("noexec")),
                new ServiceMount(ServiceMount.Kind.BIND, "/shop/site", "/site", true, "", true, true, true, 0, none,
                        List.of()),
                new ServiceMount(ServiceMount.Kind.TMPFS, "", "/t", false, "", false, true, true, 64 << 20,
                        OptionalInt.of(01777), List.of()),
                new ServiceMount(ServiceMount.Kind.BIND, "/up", "/up", false, "rslave", true, true, true, 0, none,
                        List.of()),
                new ServiceMount(ServiceMount.Kind.VOLUME, "data", "/v", false, "", false, true, false, 0, none,
                        List.of())), mounts);
        assertEquals("shared-data", project.volumes().get("data").name());
    }

    @Test
    void everyWrongMountIsTold() {
        List<String> errors = Read.with().errors("""
                volumes: [relative, "unknown:/x", "/a:/b:frozen", "/a:/b:ro:rw", {type: bind, target: /c},
                  {type: npipe, target: /d}, {target: /e}, "/:/", {type: tmpfs, target: /f, volume: {nocopy: true}}]
                """);
        assertEquals(9, errors.size(), errors::toString);
    }

    @Test
    void secretsAndConfigsAreNamesOrMaps() {
        ComposeProject project = Read.with().variable("TOKEN", "t").project("""
                services:
                  web:
                    image: nginx
                    secrets: [key, {source: token, target: tok, uid: "10", gid: "11", mode: 0400}]
                    configs: [conf, {source: conf, target: /etc/c, mode: "0644"}]
                secrets:
                  key: {file: ./key.pem, labels: {a: b}}
                  token: {environment: TOKEN}
                  there: {external: true}
                configs:
                  conf: {content: "a=$$b"}
                  other: {external: true, name: real}
                """);
        ComposeService web = project.services().get("web");
        assertEquals(List.of(new FileUse("key", "/run/secrets/key", 0, 0, 0444),
                new FileUse("token", "/run/secrets/tok", 10, 11, 0400)), web.secrets());
        assertEquals(List.of(new FileUse("conf", "/conf", 0, 0, 0444), new FileUse("conf", "/etc/c", 0, 0, 0644)),
                web.configs());
        assertEquals(new ComposeFile.FromFile("/shop/key.pem"), project.secrets().get("key").source());
        assertEquals(new ComposeFile.FromEnvironment("TOKEN"), project.secrets().get("token").source());
        assertEquals(new ComposeFile.Inline("a=$b"), project.configs().get("conf").source());
        assertEquals("shop_key", project.secrets().get("key").name());
        assertEquals("there", project.secrets().get("there").name());
        assertEquals("real", project.configs().get("other").name());
        Read.with().oneError("variable \"NONE\" is not set", "services: {a: {image: b}}\nsecrets: {s: {environment: NONE}}");
        Read.with().oneError("expected exactly one of", "services: {a: {image: b}}\nsecrets: {s: {}}");
    }

    @Test
    void aDecimalModeIsReadAsDockerReadsItAndDoubted() {
        ComposeOutcome outcome = Read.with().outcome("services: {a: {image: b, secrets: [{source: s, mode: 440}]}}\n"
                + "secrets: {s: {external: true}}");
        assertEquals(0670, outcome.project().orElseThrow().services().get("a").secrets().getFirst().mode());
        assertTrue(outcome.warnings().getFirst().sentence().contains("write 0440"));
    }

    @Test
    void limitsAreReadFromBothPlaces() {
        Limits limits = service("""
                cpus: 0.5
                mem_limit: 1.5g
                memswap_limit: -1
                mem_swappiness: 10
                pids_limit: -1
                cpu_shares: 512
                cpu_period: 100ms
                cpu_quota: 50000
                cpuset: 0-3,5
                oom_kill_disable: true
                blkio_config: {weight: 300, device_read_bps: [{path: /dev/sda, rate: 12mb}],
                  device_write_iops: [{path: /dev/sda, rate: 30}]}
                ulimits: {nofile: {soft: 1024, hard: 2048}, nproc: 65535, core: -1}
                """).limits();
        assertEquals(500_000_000, limits.nanoCpus());
        assertEquals(1536L << 20, limits.memoryBytes());
        assertEquals(-1, limits.swapBytes());
        assertEquals(OptionalInt.of(10), limits.swappiness());
        assertEquals(OptionalLong.of(-1), limits.pids());
        assertEquals(100_000, limits.cpuPeriodMicros());
        assertEquals(List.of(new Limits.Io(Limits.IoKind.DEVICE_READ_BPS, "/dev/sda", 12L << 20),
                new Limits.Io(Limits.IoKind.DEVICE_WRITE_IOPS, "/dev/sda", 30)), limits.io());
        assertEquals(Map.of("nofile", new Limits.Range(1024, 2048), "nproc", new Limits.Range(65535, 65535),
                "core", new Limits.Range(-1, -1)), limits.ulimits());
        assertEquals(limits.memoryBytes(), service("deploy: {resources: {limits: {memory: 1536M, cpus: '.5'}}}").limits()
                .memoryBytes());
        assertTrue(Read.with().errors("cpus: 1\ndeploy: {resources: {limits: {cpus: 2}}}").getFirst()
                .contains("services.web.cpus: it differs from services.web.deploy.resources.limits.cpus"));
    }

    @Test
    void healthChecksAreReadInAllForms() {
        assertEquals(Optional.of(new Health(false, List.of("CMD", "curl", "-f", "http://x"), 90_000, 10_000, 40_000, 500,
                OptionalInt.of(3))), service("""
                healthcheck: {test: [CMD, curl, -f, "http://x"], interval: 1m30s, timeout: 10s, retries: 3,
                  start_period: 40s, start_interval: 500ms}
                """).health());
        assertEquals(List.of("CMD-SHELL", "curl x || exit 1"),
                service("healthcheck: {test: curl x || exit 1}").health().orElseThrow().test());
        assertTrue(service("healthcheck: {disable: true}").health().orElseThrow().disabled());
        assertTrue(service("healthcheck: {test: [NONE]}").health().orElseThrow().disabled());
        assertTrue(Read.with().errors("healthcheck: {test: [curl, x]}").getFirst()
                .contains("services.web.healthcheck.test: expected [CMD, program, …]"));
    }

    @Test
    void dependenciesKeepTheirConditions() {
        ComposeProject project = Read.with().project("""
                services:
                  web: {image: a, depends_on: {db: {condition: service_healthy, restart: true},
                    gone: {condition: service_started, required: false}}}
                  db: {image: b, depends_on: [init]}
                  init: {image: c}
                """);
        assertEquals(List.of(new Dependency("db", Dependency.Condition.HEALTHY, true, true),
                new Dependency("gone", Dependency.Condition.STARTED, false, false)),
                project.services().get("web").dependencies());
        assertEquals(List.of("init", "db", "web"), project.startOrder());
        Read.with().oneError("it depends on itself: a → b → a",
                "services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [a]}}");
        Read.with().oneError("there is no active service \"c\"", "services: {a: {image: x, depends_on: [c]}}");
    }

    @Test
    void loggingPlatformAndPullPolicyAreRead() {
        ComposeService service = service("""
                logging: {driver: syslog, options: {syslog-address: "tcp://10.0.0.1:1", max-file: 3}}
                platform: linux/arm64/v8
                pull_policy: if_not_present
                profiles: []
                """);
        assertEquals("syslog", service.logDriver());
        assertEquals(Map.of("syslog-address", "tcp://10.0.0.1:1", "max-file", "3"), service.logOptions());
        assertEquals(List.of(new Platform("linux", "arm64")), service.placement().platforms());
        assertEquals("missing", service.pullPolicy());
    }

    @Test
    void deployIsRead() {
        ComposeService service = service("""
                ports: [{target: 1, published: 1, mode: host}]
                deploy:
                  mode: replicated
                  replicas: 6
                  endpoint_mode: dnsrr
                  labels: {tier: front}
                  resources:
                    limits: {cpus: "0.50", memory: 50M, pids: 10}
                    reservations: {cpus: "0.25", memory: 20M, pids: 5,
                      generic_resources: [{discrete_resource_spec: {kind: ssd, value: 2}}],
                      devices: [{capabilities: [gpu], driver: nvidia, count: 1}]}
                  restart_policy: {condition: on-failure, delay: 5s, max_attempts: 3, window: 120s}
                  placement:
                    constraints: [node.role==manager, "node.labels.zone != b"]
                    preferences: [{spread: node.labels.zone}]
                    max_replicas_per_node: 2
                  update_config: {parallelism: 2, delay: 10s, failure_action: rollback, monitor: 30s,
                    max_failure_ratio: 0.25, order: start-first}
                  rollback_config: {parallelism: 0, failure_action: continue}
                """);
        assertEquals(new Mode.Replicated(6, false), service.mode());
        assertEquals(ServiceEndpoint.Mode.ROUND_ROBIN, service.endpoint().mode());
        assertEquals(Map.of("tier", "front"), service.serviceLabels());
        assertEquals(250, service.reservation().cpuMillis());
        assertEquals(20L << 20, service.reservation().memoryBytes());
        assertEquals(5, service.reservation().pids());
        assertEquals(Map.of("ssd", 2L, "nvidia.com/gpu", 1L), service.reservation().named());
        assertEquals("1", service.isolation().gpus());
        assertEquals(new RestartPolicy(RestartPolicy.Condition.ON_FAILURE, 5000, 3, 120_000), service.restart());
        assertEquals("[node.role==manager, node.labels.zone!=b]", service.placement().constraints().toString());
        assertEquals(List.of("node.labels.zone"), service.placement().spread());
        assertEquals(2, service.placement().maxPerNode());
        assertEquals(new UpdatePolicy(2, 10_000, true, 30_000, UpdatePolicy.FailureAction.ROLLBACK, 25),
                service.update());
        assertEquals(new UpdatePolicy(0, 0, false, 5000, UpdatePolicy.FailureAction.CONTINUE, 0), service.rollback());
    }

    @Test
    void whatCannotBeMeantIsTold() {
        assertTrue(Read.with().errors("ports: [80:80]\ndeploy: {endpoint_mode: dnsrr}").getFirst()
                .contains("there is no address that ports of all nodes could lead to"));
        assertEquals("w-{{.Task.Slot}}", service("hostname: \"w-{{.Task.Slot}}\"").links().hostname());
        assertTrue(Read.with().errors("labels: [jctl.x=1]").getFirst().contains("jctl's own"));
        assertTrue(Read.with().errors("x-jctl: {unique: true}\ndeploy: {update_config: {order: start-first}}").getFirst()
                .contains("exclude each other"));
        Read.with().oneError("has more than 63 characters", "services: {" + "s".repeat(60) + ": {image: x}}");
        assertTrue(Read.with().errors("network_mode: host\nnetworks: [default]").getFirst().contains("exclude each other"));
        assertTrue(Read.with().errors("pid: service:db").getFirst().contains("share no namespaces"));
        assertTrue(Read.with().errors("deploy: {mode: global, replicas: 2}").getFirst().contains("no meaning with mode: global"));
        assertTrue(Read.with().errors("deploy: {mode: global-job, replicas: 2}").getFirst()
                .contains("no meaning with mode: global-job"));
        assertTrue(Read.with().errors("restart: always\ndeploy: {mode: global-job}").getFirst().contains("a job is not started again"));
        assertTrue(Read.with().errors("restart: always\ndeploy: {mode: replicated-job}").getFirst().contains("a job is not started again"));
    }

    @Test
    void modesAreReadWithScaleAndRestart() {
        assertEquals(new Mode.Replicated(3, false), service("scale: 3").mode());
        assertEquals(new Mode.Replicated(1, false), service("user: a").mode());
        assertEquals(new Mode.Global(), service("deploy: {mode: global}").mode());
        assertEquals(new Mode.Job(5, 5), service("deploy: {mode: replicated-job, replicas: 5}").mode());
        assertEquals(RestartPolicy.Condition.ON_FAILURE, service("deploy: {mode: replicated-job}").restart().condition());
        assertEquals(RestartPolicy.Condition.NONE, service("restart: \"no\"").restart().condition());
        assertEquals(RestartPolicy.Condition.ANY, service("restart: unless-stopped").restart().condition());
        assertEquals(4, service("restart: on-failure:4").restart().maxAttempts());
        assertEquals(new Mode.GlobalJob(), service("deploy: {mode: global-job}").mode());
        assertEquals(RestartPolicy.Condition.ON_FAILURE, service("deploy: {mode: global-job}").restart().condition());
        assertTrue(Read.with().errors("scale: 2\ndeploy: {replicas: 3}").getFirst().contains("it differs from"));
    }

    @Test
    void devicesOfPluginsAreAskedForAndReserved() {
        ComposeService service = service("""
                deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: ssd, value: 1}},
                  {discrete_resource_spec: {kind: sriov/media, value: 3}}]}}}
                x-jctl: {resources: ["media=2,vlan=100,name=media%d", "sriov/media,spoofchk=off", intel.com/fpga]}
                """);
        assertEquals(List.of("sriov/media=2,name=media%d,vlan=100", "sriov/media,spoofchk=off", "intel.com/fpga"),
                service.isolation().resources().stream().map(ResourceWords::text).toList());
        assertEquals(Map.of("sriov/media", 3L, "intel.com/fpga", 1L, "ssd", 1L), service.reservation().named());
        assertEquals(List.of(), service("x-jctl: {resources: {media: 2}}").isolation().resources(), "counted only");
        assertEquals(List.of("0.yaml:4:14: services.web.x-jctl.resources[0]: vlan is \"5000\": expected a whole number"
                        + " from 0 to 4094",
                "0.yaml:4:14: services.web.x-jctl.resources[0]: mtu has no value: expected mtu=VALUE"),
                Read.with().errors("x-jctl: {resources: [\"media,vlan=5000,mtu\"]}").stream()
                        .map(each -> each.replaceFirst(":[0-9]+:[0-9]+:", ":4:14:")).toList());
        assertTrue(Read.with().errors("x-jctl: {resources: [\"media=2,ip=10.0.0.1/8\"]}").getFirst()
                .contains("ask for each by itself"));
        assertTrue(Read.with().errors("x-jctl: {resources: [{media: 2}]}").getFirst().contains("expected a text"));
        assertTrue(Read.with().errors("""
                deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: sriov/media, value: 1}}]}}}
                x-jctl: {resources: [media=2]}
                """).getFirst().contains("2 of sriov/media are asked for, and 1 are reserved"));
    }

    @Test
    void jctlsOwnKeysAreRead() {
        ComposeService service = service("""
                x-jctl:
                  priority: 100
                  project: telecom
                  unique: true
                  binpack: true
                  spread: [node.labels.rack]
                  affinity: [{service: db, apart: true, level: node.labels.zone, must: true}]
                  resources: {media: 2, hugepages-2Mi: 512}
                """);
        assertEquals(100, service.priority());
        assertEquals("telecom", service.project());
        assertEquals(new Mode.Replicated(1, true), service.mode());
        assertTrue(service.placement().binpack());
        assertEquals(List.of("node.labels.rack"), service.placement().spread());
        assertEquals(List.of(new Affinity("db", true, "node.labels.zone", true)), service.placement().affinities());
        assertEquals(Map.of("media", 2L, "hugepages-2Mi", 512L), service.reservation().named());
        assertEquals(new Mode.Cron("*/5 * * * *", new Mode.Job(4, 2), true), service("""
                x-jctl: {schedule: "*/5 * * * *", concurrent: true, parallelism: 2}
                scale: 4
                """).mode());
        assertEquals(List.of(new NamedPort("_sip._udp", 5060), new NamedPort("_sip._tcp", 5061)),
                service("x-jctl: {srv: [_sip._udp:5060, \"_SIP._tcp:5061\"]}").endpoint().named());
        assertEquals(new ServiceEndpoint(ServiceEndpoint.Mode.VIRTUAL, ServiceEndpoint.Choice.SOURCE, List.of(), List.of(), true),
                service("x-jctl: {balance: source, prefer_local: true}").endpoint());
        assertTrue(Read.with().errors("x-jctl: {balance: sorce}").getFirst().contains("source"));
        assertTrue(Read.with().errors("x-jctl: {prefer_local: true}\ndeploy: {endpoint_mode: dnsrr}").getFirst()
                .contains("leave one of them out"));
        assertTrue(Read.with().errors("x-jctl: {srv: [sip:5060]}").getFirst().contains("\"sip\" is no name of a port"));
        assertTrue(Read.with().errors("x-jctl: {srv: [_sip._udp:1, _sip._udp:2]}").getFirst().contains("there twice"));
        assertTrue(Read.with().errors("x-jctl: {schedule: \"61 * * * *\"}").getFirst().contains("minute \"61"));
        assertTrue(Read.with().errors("x-jct: {}").getFirst().contains("did you mean \"x-jctl\"?"));
    }
}
