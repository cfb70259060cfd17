package bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * dockerd and its containerd, in a mount and a network namespace of their own, so that their bridge,
 * rules and mounts are gone with them.
 */
final class Docker implements Engine {
    private static final List<Path> LEAVES = List.of(Path.of("/run/docker"),
            Path.of("/run/containerd"));

    private static final String CGROUP = "jctl-bench-docker";

    private final Path folder;
    private final Process daemon;
    private final List<Path> leaves;

    Docker(Path work) throws IOException, InterruptedException {
        folder = Files.createDirectories(work.resolve("docker"));
        leaves = LEAVES.stream().filter(path -> !Files.exists(path)).toList();
        String start = "ip link set lo up && exec dockerd --data-root '" + folder
                + "/data' --exec-root '" + folder + "/exec' --pidfile '" + folder + "/pid' -H 'unix://"
                + socket() + "' --storage-driver overlay2 --cgroup-parent /" + CGROUP;
        daemon = new ProcessBuilder("unshare", "-m", "-n", "--propagation", "private", "sh", "-c",
                start).redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile())
                .start();
        for (int i = 0; !answers(); i++) {
            if (i == 300 || !daemon.isAlive()) {
                throw new IllegalStateException("dockerd does not answer: "
                        + Files.readString(folder.resolve("log")));
            }
            Thread.sleep(100);
        }
    }

    private Path socket() {
        return folder.resolve("docker.sock");
    }

    private boolean answers() {
        try {
            return request("GET", "/_ping", "").contains("200 OK");
        } catch (IOException e) {
            return false; // not yet
        }
    }

    @Override
    public String name() {
        return "docker";
    }

    @Override
    public Map<String, String> environment() {
        return Map.of("DOCKER_HOST", "unix://" + socket());
    }

    @Override
    public List<String> command(List<String> arguments) {
        return Shell.join(List.of("/usr/bin/docker"), arguments);
    }

    @Override
    public String keeper() {
        return "containerd-shim";
    }

    /** Process ids of the daemon and of its containerd. */
    List<Long> daemons() {
        return java.util.stream.Stream.concat(java.util.stream.Stream.of(daemon.toHandle()),
                daemon.children()).map(ProcessHandle::pid).toList();
    }

    /** Runs a program where the daemon is: its loopback is not the host's. */
    List<String> inside(List<String> command) {
        return Shell.join(List.of("nsenter", "-t", Long.toString(daemon.pid()), "-n"), command);
    }

    /** Creates and starts a container by the API, without the command line's start-up. */
    void start(String name, String program) throws IOException {
        String created = create(name, program);
        String started = created.contains("201 Created")
                ? request("POST", "/v1.41/containers/" + name + "/start", "") : created;
        if (!started.contains("204 No Content")) {
            throw new IllegalStateException("docker did not start " + name + ": " + started);
        }
    }

    /** Creates a container that is not started; returns the answer. */
    String create(String name, String program) throws IOException {
        return request("POST", "/v1.41/containers/create?name=" + name, "{\"Image\":\""
                + TestImage.NAME + "\",\"Cmd\":[\"" + program.replace(" ", "\",\"")
                + "\"],\"HostConfig\":{\"NetworkMode\":\"none\"}}");
    }

    private String request(String method, String path, String body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket()));
            String text = method + " " + path + " HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + body.length()
                    + "\r\n\r\n" + body;
            ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteBuffer in = ByteBuffer.allocate(1 << 16);
            while (in.hasRemaining() && channel.read(in) >= 0) { /* to the end */ }
            return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        }
    }

    @Override
    public void close() {
        Shell.sh("ids=$(DOCKER_HOST='unix://" + socket() + "' /usr/bin/docker ps -aq);"
                + " [ -z \"$ids\" ] || DOCKER_HOST='unix://" + socket()
                + "' /usr/bin/docker rm -f $ids >/dev/null");
        List<ProcessHandle> all = daemon.descendants().toList();
        daemon.destroy();
        try {
            daemon.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        Shell.remove(folder);
        leaves.forEach(Shell::remove);
        Shell.sh("find /sys/fs/cgroup -depth -type d -path '*/" + CGROUP
                + "*' -exec rmdir {} + 2>/dev/null; true");
    }
}
