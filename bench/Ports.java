package bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Throughput of a published port: one TCP connection from a network namespace of its own, over a veth pair to
 * where the engine's daemon is, through the published port into a container on the default bridge. Server
 * and client are the same for all.
 */
final class Ports {
    private static final String NAME = "jctl-bench-port";
    private static final String CLIENT = "jctl-bench-client";
    private static final String LINK = "jbench0";
    private static final int PORT = 15201;
    private static final int INSIDE_PORT = 5201;
    private static final String HOST_ADDRESS = "10.201.77.1";
    private static final String CLIENT_ADDRESS = "10.201.77.2";
    private static final int ATTEMPTS = 100;

    /** Counts what a connection brings to its end, and answers with the count. */
    private static final String SERVER = """
            import socket
            listener = socket.create_server(("", %d))
            room = bytearray(1 << 20)
            while True:
                connection, _ = listener.accept()
                count = 0
                while got := connection.recv_into(room):
                    count += got
                connection.sendall(b"%%d\\n" %% count)
                connection.close()
            """.formatted(INSIDE_PORT);
    /** Sends as fast as it can for some seconds; prints the bits a second that have arrived. */
    private static final String SENDER = """
            import socket, sys, time
            connection = socket.create_connection((sys.argv[1], int(sys.argv[2])), 10)
            connection.settimeout(60)
            block = bytes(1 << 20)
            begin = time.monotonic()
            while time.monotonic() - begin < float(sys.argv[3]):
                connection.sendall(block)
            connection.shutdown(socket.SHUT_WR)
            count = int(connection.makefile().readline() or 0)
            print(8 * count / (time.monotonic() - begin))
            """;

    private final Jctl jctl;
    private final Docker docker;
    private final Report report;
    private final boolean quick;

    /** @param jctl null if only peers are measured */
    Ports(Jctl jctl, Docker docker, Report report, boolean quick) {
        this.jctl = jctl;
        this.docker = docker;
        this.report = report;
        this.quick = quick;
    }

    void measure() throws InterruptedException {
        List<Engine> engines = jctl == null ? List.of(docker) : List.of(jctl, docker);
        Map<String, List<Double>> rates = new LinkedHashMap<>();
        try {
            for (Engine engine : engines) {
                open(engine);
            }
            for (int round = 0; round < (quick ? 1 : 7); round++) {
                for (Engine engine : engines) {
                    rates.computeIfAbsent(engine.name(), key -> new ArrayList<>())
                            .add(send(engine, quick ? 1 : 3) / 1e9);
                }
            }
        } finally {
            engines.forEach(Ports::close);
        }
        rates.forEach((engine, values) -> report.detail("published port: " + engine,
                Sample.of(values).in("Gbit/s")));
        if (jctl != null) {
            Sample ours = Sample.of(rates.get("jctl"));
            Sample theirs = Sample.of(rates.get("docker"));
            report.row("port", ours.median() >= theirs.median(), ours.in("Gbit/s"),
                    "docker " + theirs.in("Gbit/s"));
        }
    }

    private void open(Engine engine) throws InterruptedException {
        close(engine);
        Shell.run(engine.environment(), engine.run(List.of("-d", "--name", NAME, "-p",
                PORT + ":" + INSIDE_PORT), List.of("python3", "-c", SERVER)));
        String client = client(engine);
        Shell.run("ip", "netns", "add", client);
        besideTheDaemon(engine, "link", "add", LINK, "type", "veth", "peer", "name", LINK, "netns",
                client);
        besideTheDaemon(engine, "address", "add", HOST_ADDRESS + "/30", "dev", LINK);
        besideTheDaemon(engine, "link", "set", LINK, "up");
        Shell.run("ip", "-n", client, "address", "add", CLIENT_ADDRESS + "/30", "dev", LINK);
        Shell.run("ip", "-n", client, "link", "set", LINK, "up");
        for (int attempt = 1; ; attempt++) {
            try {
                send(engine, 0);
                return;
            } catch (IllegalStateException refused) {
                // Until its server listens.
                if (attempt == ATTEMPTS) {
                    throw refused;
                }
                Thread.sleep(100);
            }
        }
    }

    /** Docker's daemon has a network namespace of its own. */
    private void besideTheDaemon(Engine engine, String... words) {
        List<String> command = Shell.join(List.of("ip"), List.of(words));
        Shell.run(Map.of(), engine == docker ? docker.inside(command) : command);
    }

    private static double send(Engine engine, double seconds) {
        return Double.parseDouble(Shell.run("ip", "netns", "exec", client(engine), "python3", "-c",
                SENDER, HOST_ADDRESS, Integer.toString(PORT), Double.toString(seconds)).strip());
    }

    private static String client(Engine engine) {
        return CLIENT + "-" + engine.name();
    }

    /** What is there of it; its veth pair goes with the namespace. */
    private static void close(Engine engine) {
        Shell.sh("ip netns delete " + client(engine) + " 2>/dev/null; true");
        Shell.run(engine.environment(), List.of("sh", "-c", String.join(" ",
                engine.command(List.of("rm", "-f", NAME))) + " >/dev/null 2>&1; true"));
    }
}
