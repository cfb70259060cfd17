package bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What was measured: the rows of the table of promises, and everything behind them. */
final class Report {
    private static final String BEGIN = "<!-- bench:begin -->";
    private static final String END = "<!-- bench:end -->";
    /** Key to promise, figure to reach and peer: the table's first columns. */
    private static final Map<String, String> PROMISES = new LinkedHashMap<>();

    static {
        PROMISES.put("start-none", "start by the resident agent: API call to the program's first"
                + " instruction, no network | median ≤ 4 ms; ≤ 1/3 of `crun run`, ≤ 1/8 of"
                + " `runc run` | crun, runc");
        PROMISES.put("start-bridge", "the same on the default bridge | median ≤ 8 ms | –");
        PROMISES.put("cold", "`jctl run --rm --network none IMAGE true`, cold command to exit |"
                + " under `podman run`, ≤ 1/2 of `docker run` | podman, docker");
        PROMISES.put("parallel", "200 containers started in parallel | ≥ 3 × docker's rate, none"
                + " failed | docker, podman");
        PROMISES.put("memory", "memory per running container, outside it | ≤ 150 KB |"
                + " containerd-shim");
        PROMISES.put("idle", "idle agent, resident | ≤ 110 MB | dockerd + containerd");
        PROMISES.put("logs", "log of a container that prints as fast as it can | ≥ docker's"
                + " json-file, no line lost | docker");
        PROMISES.put("list", "`jctl ps -a` of 500 containers, cold | ≤ 150 ms | docker");
        PROMISES.put("adopt", "daemon killed with 200 containers running, and started again | all"
                + " taken up in ≤ 2 s | –");
        PROMISES.put("port", "throughput of a published port, one TCP connection from another network"
                + " namespace | ≥ docker's | docker");
        PROMISES.put("load", "load of a 300 MB image | faster than `docker load` | docker, podman");
        PROMISES.put("pull", "pull of a 300 MB image from a local registry | faster than"
                + " `docker pull` | docker, podman");
    }

    private record Row(boolean met, String measured, String peer) {}

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final List<String> details = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();

    void say(String remark) {
        remarks.add(remark);
    }

    void row(String key, boolean met, String measured, String peer) {
        if (!PROMISES.containsKey(key)) {
            throw new IllegalArgumentException("no promise " + key);
        }
        rows.put(key, new Row(met, measured, peer));
    }

    void detail(String what, String value) {
        details.add("- " + what + ": " + value);
    }

    void print(PrintStream out) {
        out.println(text());
    }

    void writeInto(Path file) throws IOException {
        String page = Files.readString(file);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        Files.writeString(file, page.substring(0, begin) + "\n" + text() + "\n"
                + page.substring(page.indexOf(END)));
    }

    private String text() {
        List<String> lines = new ArrayList<>();
        lines.add("| promise | figure to reach | peer | measured | peer measured | status |");
        lines.add("|---|---|---|---|---|---|");
        PROMISES.forEach((key, promise) -> {
            Row row = rows.get(key);
            lines.add("| " + promise + " | " + (row == null ? "– | – | pending"
                    : row.measured + " | " + row.peer + " | " + (row.met ? "met" : "pending"))
                    + " |");
        });
        lines.add("");
        lines.addAll(remarks);
        lines.add("");
        lines.addAll(details);
        return String.join("\n", lines);
    }
}
