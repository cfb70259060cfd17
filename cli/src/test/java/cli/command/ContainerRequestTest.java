package cli.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import api.node.CreateContainerRequest;
import api.node.Device;
import api.node.HealthOptions;
import api.node.HugetlbLimit;
import api.node.IoLimit;
import api.node.Mount;
import api.node.PullPolicy;
import api.node.RegistryAuth;
import api.node.Resources;
import api.node.SecurityOptions;
import api.node.TimeOffset;
import api.node.Ulimit;
import api.node.Words;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docker's command lines and the messages they mean. */
class ContainerRequestTest {
    @TempDir
    Path folder;

    private final TestConsole console = new TestConsole().with("HOME", "/nonexistent");

    private CreateContainerRequest request(String... words) throws Exception {
        Arguments arguments = ArgumentParser.parse(new RunCommand("run").syntax(), words, 0);
        return CreateContainerRequest.parseFrom(
                ContainerRequest.of(arguments, console.console()));
    }

    private static CreateContainerRequest.Builder plain(String image) {
        return CreateContainerRequest.newBuilder().setImage(image)
                .setResources(Resources.getDefaultInstance());
    }

    private void refused(String words, String... line) {
        UsageException error = assertThrows(UsageException.class, () -> request(line));
        assertTrue(error.getMessage().contains(words), error.getMessage());
    }

    @Test
    void theShortest() throws Exception {
        assertEquals(plain("debian").build(), request("debian"));
    }

    @Test
    void restartAndHealth() throws Exception {
        assertEquals(plain("web").setRestart("on-failure:3").setHealth(HealthOptions.newBuilder()
                        .setCommand("true").setIntervalNanos(90_000_000_000L)
                        .setTimeoutNanos(500_000_000).setRetries(2)).build(),
                request("--restart", "on-failure:3", "--health-cmd", "true", "--health-interval",
                        "1m30s", "--health-timeout", "500ms", "--health-retries", "2", "web"));
        assertEquals(plain("web").setHealth(HealthOptions.newBuilder().setDisabled(true)).build(),
                request("--no-healthcheck", "web"));
        refused("expected a time like 30s", "--health-interval", "often", "web");
    }

    @Test
    void optionsAfterTheImageBelongToTheCommand() throws Exception {
        assertEquals(plain("debian").addArgs("ls").addArgs("-l").addArgs("--rm").build(),
                request("debian", "ls", "-l", "--rm"));
        assertEquals(plain("debian").addArgs("--").addArgs("x").build(),
                request("--", "debian", "--", "x"));
    }

    @Test
    void anInteractiveShell() throws Exception {
        assertEquals(plain("debian:12").addArgs("bash").setTty(true).setInteractive(true)
                .setAutoRemove(true).setName("web").build(),
                request("--rm", "-it", "--name", "web", "debian:12", "bash"));
        assertEquals(request("-it", "x"), request("--tty=true", "-i=1", "x"));
        assertEquals(request("x"), request("-it", "-t=false", "--interactive=0", "x"));
    }

    @Test
    void hugePages() throws Exception {
        Mount.Builder pages = Mount.newBuilder().setKind(Mount.Kind.HUGE_PAGES);
        assertEquals(plain("x")
                .addMounts(pages.setSource("2097152").setTarget("/dev/hugepages")
                        .setHugePagesBytes(1L << 30))
                .addMounts(pages.setSource("1073741824").setTarget("/dev/hugepages-1G")
                        .setHugePagesBytes(4L << 30)).build(),
                request("--hugepages", "2M=512", "--hugepages", "1G=4G", "x"));
        assertEquals(plain("x").addMounts(pages.setSource("2097152").setTarget("/huge")
                .setHugePagesBytes(64 << 20)).build(),
                request("--hugepages", "2Mi=64Mi:/huge", "x"));
        assertEquals(plain("x").addMounts(pages.setSource("2097152").setTarget("/dev/hugepages")
                .setHugePagesBytes(0)).build(), request("--hugepages", "2m", "x"));
        refused("SIZE[=PAGES or BYTES]", "--hugepages", "big", "x");
        refused("above 0", "--hugepages", "2M=0", "x");
        refused("too many", "--hugepages", "2M=9999999999999999", "x");
        refused("a page has some bytes", "--hugepages", "0", "x");
    }

    @Test
    void environment() throws Exception {
        Path file = folder.resolve("env");
        Files.writeString(file, "# comment\nA=1\n\n  B=two words # kept\r\nHERE\nGONE\nEMPTY=\n");
        console.with("HERE", "yes").with("SHELL_VARIABLE", "s");
        assertEquals(List.of("A=1", "B=two words # kept", "HERE=yes", "EMPTY=", "C=3=4", "D=",
                "SHELL_VARIABLE=s"),
                request("-e", "C=3=4", "-eD=", "--env=SHELL_VARIABLE", "-e", "NOT_SET",
                        "--env-file", file.toString(), "x").getEnvList());
        refused("expected NAME=value", "-e", "=1", "x");
        refused("no such file", "--env-file", folder.resolve("none").toString(), "x");
        Files.writeString(file, "A B=1\n");
        refused("white space", "--env-file", file.toString(), "x");
        Files.write(file, new byte[] {'A', '=', (byte) 0xff});
        refused("not UTF-8", "--env-file", file.toString(), "x");
    }

    @Test
    void processOptions() throws Exception {
        assertEquals(plain("x").setEntrypoint(Words.newBuilder().addWords("/bin/sh"))
                .addArgs("-c").addArgs("id").setWorkingDir("/srv").setUser("www-data:adm")
                .addGroupAdd("7").addGroupAdd("video").setInit(true).setStopSignal("INT")
                .setStopTimeoutSeconds(3).setHostname("h").setDomainName("d").build(),
                request("--entrypoint", "/bin/sh", "-w", "/srv", "-u", "www-data:adm",
                        "--group-add", "7", "--group-add=video", "--init", "--stop-signal", "INT",
                        "--stop-timeout", "3", "-h", "h", "--domainname", "d", "x", "-c", "id"));
        assertEquals(plain("x").setEntrypoint(Words.getDefaultInstance()).build(),
                request("--entrypoint", "", "x"));
        assertFalse(request("x").hasStopTimeoutSeconds());
        refused("whole number", "--stop-timeout", "soon", "x");
        refused("out of range", "--stop-timeout", "99999999999", "x");
    }

    @Test
    void volumes() throws Exception {
        Mount bind = Mount.newBuilder().setKind(Mount.Kind.BIND).setSource("/a").setTarget("/b")
                .setCreateSource(true).build();
        assertEquals(bind, MountOptions.volume("/a:/b"));
        assertEquals(bind.toBuilder().setReadOnly(true)
                .setPropagation(Mount.Propagation.RSLAVE).build(),
                MountOptions.volume("/a:/b:ro,rslave"));
        assertEquals(Mount.newBuilder().setKind(Mount.Kind.VOLUME).setSource("data")
                .setTarget("/b").setVolumeNoCopy(true).build(),
                MountOptions.volume("data:/b:nocopy"));
        assertEquals(Mount.newBuilder().setKind(Mount.Kind.VOLUME).setTarget("/b").build(),
                MountOptions.volume("/b"));
        assertEquals(Path.of("x").toAbsolutePath().toString(),
                MountOptions.volume("./x:/b").getSource());
        for (String bad : List.of("", ":", "/a:b", "/a:/", "a:", ":/b", "/a:/b:oo", "/a:/b:ro:x")) {
            refused("invalid argument", "-v", bad, "x");
        }
    }

    @Test
    void mounts() throws Exception {
        assertEquals(Mount.newBuilder().setKind(Mount.Kind.BIND).setSource("/a").setTarget("/b")
                .setReadOnly(true).setPropagation(Mount.Propagation.SHARED).setNotRecursive(true)
                .build(), MountOptions.mount(
                "type=bind,source=/a,target=/b,readonly,bind-propagation=shared,"
                        + "bind-recursive=disabled"));
        assertEquals(Mount.newBuilder().setKind(Mount.Kind.TMPFS).setTarget("/t")
                .setTmpfsSizeBytes(64 << 20).setTmpfsMode(01777).build(),
                MountOptions.mount("type=tmpfs,dst=/t,tmpfs-size=64m,tmpfs-mode=1777"));
        assertEquals(Mount.newBuilder().setKind(Mount.Kind.VOLUME).setSource("v").setTarget("/t")
                .build(), MountOptions.mount("src=v,destination=/t"));
        assertEquals("/a,b", MountOptions.mount("type=bind,\"src=/a,b\",dst=/t").getSource());
        for (String bad : List.of("", "type=nfs,dst=/t", "type=bind,dst=/t",
                "type=tmpfs,src=/a,dst=/t", "dst=t", "dst=/t,color=red", "dst=/t,ro=maybe",
                "type=tmpfs,dst=/t,tmpfs-mode=9", "type=tmpfs,dst=/t,tmpfs-size=big")) {
            refused("invalid argument", "--mount", bad, "x");
        }
    }

    @Test
    void tmpfsAndDevices() throws Exception {
        assertEquals(plain("x")
                .addMounts(Mount.newBuilder().setKind(Mount.Kind.TMPFS).setTarget("/run")
                        .setTmpfsSizeBytes(1024).setTmpfsMode(0700).addTmpfsOptions("noexec"))
                .addDevices(Device.newBuilder().setHostPath("/dev/null")
                        .setContainerPath("/dev/null"))
                .addDevices(Device.newBuilder().setHostPath("/dev/a")
                        .setContainerPath("/dev/b").setPermissions("rw"))
                .addDevices(Device.newBuilder().setHostPath("/dev/a")
                        .setContainerPath("/dev/a").setPermissions("r"))
                .addDeviceCgroupRules("c 1:3 rwm").setShmSizeBytes(1 << 30).build(),
                request("--tmpfs", "/run:rw,noexec,size=1k,mode=700", "--device", "/dev/null",
                        "--device", "/dev/a:/dev/b:rw", "--device", "/dev/a:r",
                        "--device-cgroup-rule", "c 1:3 rwm", "--shm-size", "1g", "x"));
        for (String bad : List.of("", "null", "/dev/a:/b:x", "/dev/a:/b:rr", "/a:/b:r:r")) {
            refused("invalid argument", "--device", bad, "x");
        }
    }

    @Test
    void isolation() throws Exception {
        assertEquals(plain("x").addCapAdd("NET_ADMIN").addCapDrop("ALL").setPrivileged(true)
                .setReadOnlyRoot(true).setUsernsMode("host").setPidMode("host").setIpcMode("none")
                .setUtsMode("host").setCgroupnsMode("private").setCgroupParent("/p")
                .addIsolate("chroot").addIsolate("mnt").addIsolate("pid")
                .putSysctls("net.core.somaxconn", "1").setOomScoreAdj(-5).build(),
                request("--cap-add", "NET_ADMIN", "--cap-drop=ALL", "--privileged", "--read-only",
                        "--userns=host", "--pid", "host", "--ipc", "none", "--uts", "host",
                        "--cgroupns", "private", "--cgroup-parent", "/p", "--isolate",
                        "chroot,mnt", "--isolate", "+pid", "--sysctl", "net.core.somaxconn=1",
                        "--oom-score-adj", "-5", "x"));
        refused("expected key=value", "--sysctl", "x", "x");
    }

    @Test
    void timeOffsets() throws Exception {
        assertEquals(plain("x")
                .addTimeOffsets(TimeOffset.newBuilder().setClock("monotonic").setSeconds(60))
                .addTimeOffsets(TimeOffset.newBuilder().setClock("boottime").setSeconds(-5))
                .build(),
                request("--time-offset", "monotonic=60", "--time-offset", "boottime=-5", "x"));
        for (String bad : List.of("", "60", "realtime=1", "monotonic=", "boottime=1s")) {
            refused("expected monotonic=SECONDS", "--time-offset", bad, "x");
        }
    }

    @Test
    void securityOptions() throws Exception {
        Path profile = folder.resolve("p.json");
        Files.writeString(profile, "{\"defaultAction\":\"SCMP_ACT_ALLOW\"}");
        assertEquals(SecurityOptions.newBuilder().setNoNewPrivileges(true)
                .setSeccompProfileJson("{\"defaultAction\":\"SCMP_ACT_ALLOW\"}")
                .setApparmorProfile("unconfined").addSelinuxLabels("type:t")
                .setSystemPathsUnconfined(true).build(),
                request("--security-opt", "no-new-privileges", "--security-opt",
                        "seccomp=" + profile, "--security-opt", "apparmor:unconfined",
                        "--security-opt", "label=type:t", "--security-opt",
                        "systempaths=unconfined", "x").getSecurity());
        assertTrue(request("--security-opt", "seccomp=unconfined", "x").getSecurity()
                .getSeccompUnconfined());
        refused("unknown option", "--security-opt", "magic=1", "x");
        refused("no such file", "--security-opt", "seccomp=/nonexistent/p", "x");
        refused("expected true or false", "--security-opt", "no-new-privileges=perhaps", "x");
        refused("expected unconfined or a file", "--security-opt", "seccomp", "x");
    }

    @Test
    void network() throws Exception {
        assertEquals(plain("x").setNetworkMode("none").addDns("1.1.1.1").addDnsSearch("a.b")
                .addDnsOptions("ndots:2").addAddHosts("db:10.0.0.1").addAddHosts("v6:::1").build(),
                request("--network", "none", "--dns", "1.1.1.1", "--dns-search", "a.b",
                        "--dns-option", "ndots:2", "--add-host", "db:10.0.0.1", "--add-host",
                        "v6=::1", "x"));
        assertEquals("host", request("--net=host", "x").getNetworkMode());
        refused("expected name:address", "--add-host", "db", "x");
    }

    @Test
    void limits() throws Exception {
        assertEquals(Resources.newBuilder().setMemoryLimitBytes(512 << 20)
                .setMemorySwapLimitBytes(-1).setMemoryReservationBytes(1 << 30)
                .setMemorySwappiness(10).setOomKillDisable(true).setNanoCpus(1_500_000_000L)
                .setCpuShares(512).setCpuPeriodMicros(100_000).setCpuQuotaMicros(50_000)
                .setCpusetCpus("0-1").setCpusetMems("0").setPidsLimit(-1).setIoWeight(300)
                .addIoLimits(IoLimit.newBuilder().setKind(IoLimit.Kind.READ_BYTES_PER_SECOND)
                        .setDevicePath("/dev/sda").setLimit(1 << 20))
                .addIoLimits(IoLimit.newBuilder()
                        .setKind(IoLimit.Kind.WRITE_OPERATIONS_PER_SECOND)
                        .setDevicePath("/dev/sda").setLimit(100))
                .addHugetlbLimits(HugetlbLimit.newBuilder().setPageSizeBytes(2 << 20)
                        .setLimitBytes(64 << 20))
                .addUlimits(Ulimit.newBuilder().setName("nofile").setSoft(1024).setHard(4096))
                .addUlimits(Ulimit.newBuilder().setName("core").setSoft(-1).setHard(-1)).build(),
                request("-m", "512m", "--memory-swap", "-1", "--memory-reservation", "1GiB",
                        "--memory-swappiness", "10", "--oom-kill-disable", "--cpus", "1.5", "-c",
                        "512", "--cpu-period", "100000", "--cpu-quota", "50000", "--cpuset-cpus",
                        "0-1", "--cpuset-mems", "0", "--pids-limit", "-1", "--blkio-weight", "300",
                        "--device-read-bps", "/dev/sda:1m", "--device-write-iops", "/dev/sda:100",
                        "--hugetlb", "2m=64m", "--ulimit", "nofile=1024:4096", "--ulimit",
                        "core=-1", "x").getResources());
        for (String[] bad : new String[][] {
            {"-m", "lots"}, {"-m", "-5"}, {"-m", "9999999999g"}, {"--cpus", "two"},
            {"--cpus", "-1"}, {"--cpus", "0.0000000001"}, {"--cpus", "99999999999999"},
            {"--pids-limit", "x"}, {"--ulimit", "nofile"}, {"--ulimit", "magic=1"},
            {"--ulimit", "nofile=2:1"}, {"--ulimit", "nofile=-1:5"}, {"--ulimit", "core=-2"},
            {"--memory-swappiness", "101"}, {"--device-read-bps", "sda:1"},
            {"--hugetlb", "2m"}}) {
            refused("invalid argument", bad[0], bad[1], "x");
        }
    }

    @Test
    void metadata() throws Exception {
        Path file = folder.resolve("labels");
        Files.writeString(file, "a=1\n#no\nb\n");
        assertEquals(plain("x").putLabels("a", "2").putLabels("b", "").putLabels("c", "3=4")
                .putAnnotations("k", "v").setPullPolicy(PullPolicy.NEVER)
                .setPlatform("linux/arm64").build(),
                request("--label-file", file.toString(), "-l", "a=2", "--label", "c=3=4",
                        "--annotation", "k=v", "--pull", "never", "--platform", "linux/arm64",
                        "x"));
        refused("always, missing or never", "--pull", "sometimes", "x");
    }

    @Test
    void credentialsGoToTheirRegistryOnly() throws Exception {
        console.with("JCTL_CONFIG", folder.toString());
        RegistryLogins.store("r.example:5000", "u", "p:w", console.console());
        assertEquals("rw-------", java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("config.json"))));
        assertEquals(RegistryAuth.newBuilder().setRegistry("r.example:5000").setUsername("u")
                .setPassword("p:w").build(), request("r.example:5000/a/b:1").getAuth());
        assertFalse(request("debian").hasAuth());
        assertFalse(request("r.example/a").hasAuth());
        assertTrue(RegistryLogins.remove("r.example:5000", console.console()));
        assertFalse(request("r.example:5000/a/b:1").hasAuth());
        Files.writeString(folder.resolve("config.json"), "{\"auths\":{\"docker.io\":7");
        refused("damaged", "debian");
        Files.writeString(folder.resolve("config.json"),
                "{\"auths\":{\"docker.io\":{\"auth\":\"!!\"}}}");
        refused("damaged", "debian");
    }

    @Test
    void wordsThatAreNoOptions() {
        refused("unknown flag: --colour", "--colour", "x");
        refused("unknown shorthand flag: 'z' in -iz", "-iz", "x");
        refused("flag needs an argument: --name", "--name");
        refused("flag needs an argument: 'e' in -e", "-e");
        refused("expected true or false", "--rm=perhaps", "x");
        refused("requires at least 1 argument", "--rm");
    }
}
