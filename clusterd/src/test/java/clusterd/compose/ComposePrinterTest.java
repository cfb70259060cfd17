package clusterd.compose;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComposePrinterTest {
    private static final int PROJECTS = 400;
    private static final List<String> KEYS = List.of("command: [a, 'b $$c', \"\"]", "command: []", "entrypoint: run -x 'y z'",
            "environment: {A: \"$$x\", B: 'true', C: \"0o14\", D: \"~\", E: \"<<\", F: \"1.10\", G: \" lead\", H: \"a\\nb\\n\"}",
            "environment: {\"<<\": x, \"null\": y, \"1\": z, \"a b\": \"# no\", \"key: x\": \"- a\"}",
            "environment: {X: \"\\x07 \\u2028 \\t é 🍣\"}", "labels: [a, b=c]", "annotations: {x: y}", "working_dir: /w",
            "user: \"0:0\"", "group_add: [1, a]", "tty: true", "stdin_open: true", "init: true", "stop_signal: SIGINT",
            "stop_grace_period: 0s", "read_only: true", "privileged: true", "cap_add: [ALL]", "cap_drop: [NET_RAW]",
            "security_opt: [label=disable, no-new-privileges]", "sysctls: [a.b=1]",
            "devices: [/dev/a, \"/dev/b:/dev/c:r\", v.com/x=y]", "device_cgroup_rules: [\"b 8:* rw\"]", "pid: host",
            "ipc: none", "uts: host", "userns_mode: host", "cgroup: host", "cgroup_parent: /x", "shm_size: 1m",
            "oom_score_adj: 0", "gpus: all", "gpus: [{count: 2}]", "gpus: [{device_ids: [a, b]}]", "hostname: h",
            "domainname: d.e", "network_mode: host", "network_mode: none",
            "networks: {n: {aliases: [x, y], priority: 3}, m: , default: {ipv4_address: 10.0.0.1}}", "networks: [m, n]",
            "ports: [\"80\", \"127.0.0.1:81-82:81-82/udp\", \"90-99:90\", {target: 7, published: 8, mode: host}]",
            "ports: [\"[::1]:1:2\"]", "expose: [1, 2-3/udp]", "dns: [1.1.1.1, \"::1\"]", "dns_search: a.b",
            "dns_opt: [ndots:1]", "extra_hosts: [\"a:1.2.3.4\", \"b=::1\", \"c:host-gateway\"]",
            "volumes: [/a, \"v:/b:ro,nocopy\", \"/c:/d:rslave\", \"./e:/f\", {type: tmpfs, target: /g, tmpfs: {size: 1k, mode: \"0\"}},"
                    + " {type: bind, source: /h, target: /i, bind: {recursive: disabled}}]",
            "tmpfs: [/run, \"/tmp:noexec,size=2m,mode=1777,ro\", \"/x:nosuid\"]",
            "secrets: [s, {source: t, target: /u, uid: 1, gid: 2, mode: 0}]", "configs: [c, {source: d, mode: 0640}]",
            "cpus: 1.25", "mem_limit: 100m", "memswap_limit: -1", "mem_swappiness: 0", "pids_limit: 0", "cpu_shares: 2",
            "cpu_period: 1000", "cpu_quota: -1", "cpuset: 0,2-3", "oom_kill_disable: true",
            "blkio_config: {weight: 10, device_read_iops: [{path: /dev/a, rate: 5}], device_write_bps: [{path: /b, rate: 1k}]}",
            "ulimits: {nofile: {soft: 1, hard: -1}, core: 0}", "healthcheck: {test: \"a $$b\", interval: 1500ms, retries: 1}",
            "healthcheck: {test: [CMD, a, b], start_period: 1m, start_interval: 1s, timeout: 2s}", "healthcheck: {disable: true}",
            "healthcheck: {}", "logging: {driver: none}", "logging: {options: {a: 1}}", "platform: linux/arm64/v8",
            "pull_policy: never", "depends_on: {other: {condition: service_completed_successfully, restart: true}}",
            "depends_on: {gone: {required: false}}", "profiles: [p, q]", "restart: \"no\"", "restart: on-failure:3",
            "deploy: {mode: global}", "deploy: {mode: global-job, restart_policy: {condition: none}}", "deploy: {mode: replicated, replicas: 0}",
            "deploy: {mode: replicated-job, replicas: 5, restart_policy: {condition: none, delay: 0s, window: 1h}}",
            "deploy: {endpoint_mode: dnsrr, labels: {x: $$}, resources: {limits: {cpus: 0.001, memory: 6M, pids: 7},"
                    + " reservations: {cpus: 0.01, memory: 5M, pids: 1, generic_resources: [{discrete_resource_spec:"
                    + " {kind: a, value: 2}}], devices: [{capabilities: [gpu], driver: nvidia, count: 3}]}}}",
            "deploy: {placement: {constraints: [\"node.id != x y\"], preferences: [{spread: node.labels.a}],"
                    + " max_replicas_per_node: 1}, update_config: {parallelism: 0, delay: 1ms, order: start-first,"
                    + " monitor: 0s, failure_action: rollback, max_failure_ratio: 0.07}, rollback_config: {failure_action: continue}}",
            "x-jctl: {priority: -5, project: p, unique: true, binpack: true, spread: [node.site], resources: {r: 2}}",
            "x-jctl: {affinity: [{service: other, apart: true, must: true}, {service: z, level: node.labels.q}]}",
            "x-jctl: {schedule: \"@daily\", concurrent: true, parallelism: 1}",
            "x-jctl: {balance: in-turn, prefer_local: true}",
            "x-jctl: {resources: [\"media=2,vlan=100,name=m%d\", \"media,ip=10.0.0.1/8,trust=on\"]}",
            "deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: ssd, value: 2}}]}}}\n"
                    + "    x-jctl: {resources: [media]}",
            "x-jctl: {srv: [_sip._tcp:5060, \"_SIP._udp:5061\"]}", "label_file: l.env", "env_file: [l.env]");
    private static final String REST = """
              other: {image: o}
            networks: {n: {driver: overlay, internal: true, enable_ipv6: true, attachable: true, driver_opts: {a: 1},
              labels: {b: c}, ipam: {config: [{subnet: 10.0.0.0/8, gateway: 10.0.0.1, ip_range: 10.1.0.0/16}, {}]}},
              m: {external: true}}
            volumes: {v: {labels: {a: $$}}, w: {external: true, name: x}}
            secrets: {s: {file: ./f$$}, t: {environment: VAR, name: own, labels: {a: b}}, unused: {external: true}}
            configs: {c: {content: "line $$1\\n  x\\n"}, d: {content: ""}}
            """;

    private static Read read() {
        return Read.with().variable("VAR", "x").profile("q").file("/shop/l.env", "L=1\nM='$x'\n");
    }

    private static void printsAsItself(String text) {
        ComposeProject project = read().project(text);
        String printed = ComposePrinter.print(project);
        ComposeProject again = read().project(printed);
        assertEquals(project.toString(), again.toString(), printed);
        assertEquals(project, again, printed);
        assertEquals(printed, ComposePrinter.print(again));
        Read.canBeDeployed(again);
    }

    @Test
    void eachKeyIsReadAgainAsItWas() {
        for (String key : KEYS) {
            printsAsItself("services:\n  web:\n    image: nginx\n    " + key + "\n" + REST);
        }
    }

    @Test
    void anyProjectIsReadAgainAsItWas() {
        Random random = new Random(20_261);
        int good = 0;
        for (int i = 0; i < PROJECTS; i++) {
            StringBuilder text = new StringBuilder("services:\n");
            for (int service = 0; service < 1 + random.nextInt(3); service++) {
                text.append("  s").append(service).append(":\n    image: \"i:").append(random.nextInt()).append("\"\n");
                List<String> names = new ArrayList<>();
                for (int key = 0; key < random.nextInt(12); key++) {
                    String chosen = KEYS.get(random.nextInt(KEYS.size()));
                    String name = chosen.substring(0, chosen.indexOf(':'));
                    if (!names.contains(name)) {
                        names.add(name);
                        text.append("    ").append(chosen).append('\n');
                    }
                }
            }
            text.append(REST);
            if (read().outcome(text.toString()).errors().isEmpty()) {
                good++;
                printsAsItself(text.toString());
            }
        }
        assertEquals(true, good > PROJECTS / 4, "only " + good + " were projects");
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = ComposePrinterTest.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("the test has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shop", "vote", "lab", "media", "blog"})
    void theNormalFormIsAsItWasAgreed(String name) throws IOException {
        ComposeProject project = Read.with().variable("TAG", "7").variable("HOME", "/home/me").variable("DB_PASSWORD", "x")
                .file("/shop/web.env", "MODE=production\nWORKERS=4\n").project(resource(name + ".yaml"));
        assertEquals(resource(name + ".normal.yaml"), ComposePrinter.print(project));
    }
}
