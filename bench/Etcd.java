package bench;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** Three members of etcd on loopback, asked over their JSON gateway with connections that are kept. */
final class Etcd {
    private static final String VALUE = Base64.getEncoder().encodeToString(new byte[100]);

    private Etcd() {}

    static void measure() throws Exception {
        Path folder = Files.createTempDirectory(Path.of("target/bench"), "etcd");
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                ports.add(socket.getLocalPort());
            }
        }
        StringBuilder cluster = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            cluster.append(i == 0 ? "" : ",").append("e").append(i).append("=http://127.0.0.1:")
                    .append(ports.get(3 + i));
        }
        List<Process> members = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                members.add(new ProcessBuilder("etcd", "--name", "e" + i, "--data-dir", folder.resolve("e" + i).toString(),
                        "--listen-client-urls", "http://127.0.0.1:" + ports.get(i),
                        "--advertise-client-urls", "http://127.0.0.1:" + ports.get(i),
                        "--listen-peer-urls", "http://127.0.0.1:" + ports.get(3 + i),
                        "--initial-advertise-peer-urls", "http://127.0.0.1:" + ports.get(3 + i),
                        "--initial-cluster", cluster.toString()).redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD).start());
            }
            run(leader(ports.subList(0, 3)), members);
        } catch (java.io.IOException e) {
            System.out.println("etcd: not measured: " + e);
        } finally {
            for (Process member : members) {
                member.destroyForcibly().waitFor();
            }
            Shell.remove(folder);
        }
    }

    private static String field(String json, String name) {
        int at = json.indexOf("\"" + name + "\":\"");
        return at < 0 ? "" : json.substring(at + name.length() + 4, json.indexOf('"', at + name.length() + 4));
    }

    private static int leader(List<Integer> ports) throws Exception {
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int tries = 0; tries < 200; tries++) {
                for (int port : ports) {
                    try {
                        String status = client.send(request(port, "/v3/maintenance/status", "{}"),
                                HttpResponse.BodyHandlers.ofString()).body();
                        if (!field(status, "leader").isEmpty()
                                && field(status, "leader").equals(field(status, "member_id"))) {
                            return port;
                        }
                    } catch (java.io.IOException notYet) {
                        Thread.sleep(50);
                    }
                }
                Thread.sleep(50);
            }
        }
        throw new java.io.IOException("no leader");
    }

    private static HttpRequest request(int port, String path, String body) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)).build();
    }

    private static void run(int port, List<Process> members) throws Exception {
        String key = Base64.getEncoder().encodeToString("key".getBytes(StandardCharsets.UTF_8));
        HttpRequest put = request(port, "/v3/kv/put", "{\"key\":\"" + key + "\",\"value\":\"" + VALUE + "\"}");
        HttpRequest status = request(port, "/v3/maintenance/status", "{}");
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            sequential(client, put, 1_500);
            sequential(client, status, 500);
            print("etcd, at leader", sequential(client, put, 2_000));
            print("etcd, the client's share (a request that writes nothing)", sequential(client, status, 1_000));
            AtomicLong done = new AtomicLong();
            Semaphore free = new Semaphore(64);
            long start = System.nanoTime();
            while (System.nanoTime() - start < 10_000_000_000L) {
                free.acquire();
                client.sendAsync(put, HttpResponse.BodyHandlers.discarding()).whenComplete((answer, failure) -> {
                    done.incrementAndGet();
                    free.release();
                });
            }
            free.acquire(64);
            System.out.printf("etcd, 64 outstanding, 100 B    %.0f/s%n", done.get() * 1e9 / (System.nanoTime() - start));
        }
        for (Process member : members) {
            for (String line : Files.readAllLines(Path.of("/proc/" + member.pid() + "/status"))) {
                if (line.startsWith("VmRSS")) {
                    System.out.println("etcd " + line.replaceAll("\\s+", " "));
                }
            }
        }
    }

    private static Sample sequential(HttpClient client, HttpRequest request, int count) throws Exception {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            int code = client.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
            if (code != 200) {
                throw new java.io.IOException("etcd answers " + code);
            }
            millis.add((System.nanoTime() - start) / 1e6);
        }
        return Sample.of(millis);
    }

    private static void print(String what, Sample sample) {
        System.out.println(what + "    p50 " + Sample.number(sample.median()) + " ms, p99 "
                + Sample.number(sample.quantile(0.99)) + " ms");
    }
}
