package clusterd.executor;

import clusterd.autoscale.MetricSum;
import clusterd.model.MetricQuery;
import clusterd.session.MetricValue;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reads a task's own HTTP endpoint. What is there is not to be trusted: it gets one second, a bounded number of
 * bytes, and none of them is kept but the line that is being read. HTTP/1.0 (RFC 1945), since whoever answers that
 * sends a plain body; the JDK's client puts no bound on the time of a whole answer.
 */
final class MetricEndpoint {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int MOST_BYTES = 4 << 20;
    private static final int MOST_LINE_BYTES = 64 << 10;
    private static final int BUFFER_BYTES = 16 << 10;

    private final String host;
    private final int port;
    private final String path;
    private final long limitMillis;

    MetricEndpoint(String host, int port, String path, long limitMillis) {
        this.host = host;
        this.port = port;
        this.path = path;
        this.limitMillis = limitMillis;
    }

    /** One answer for each query; its problem says why there is none. */
    List<MetricValue> read(List<MetricQuery> queries) {
        List<MetricSum> sums = queries.stream().map(MetricSum::new).toList();
        String problem = "";
        try {
            feed(sums);
        } catch (SocketTimeoutException late) {
            problem = where() + " does not answer within " + limitMillis + " ms";
        } catch (IOException failed) {
            problem = where() + ": " + failed.getMessage();
        }
        List<MetricValue> values = new ArrayList<>();
        for (int i = 0; i < sums.size(); i++) {
            MetricQuery query = queries.get(i);
            OptionalDouble value = problem.isEmpty() ? sums.get(i).value() : OptionalDouble.empty();
            values.add(value.isPresent() ? MetricValue.of(query, value.getAsDouble())
                    : MetricValue.none(query, !problem.isEmpty() ? problem : sums.get(i).isFound()
                            ? where() + " says something that is no number" : where() + " does not tell it"));
        }
        return values;
    }

    private String where() {
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port + path;
    }

    private void feed(List<MetricSum> sums) throws IOException {
        long deadline = System.nanoTime() + limitMillis * NANOS_PER_MILLI;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) limitMillis);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\nHost: " + host + "\r\nAccept: text/plain;"
                    + "version=0.0.4\r\nUser-Agent: jctl\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            Lines lines = new Lines(socket, deadline);
            String status = lines.next();
            if (status == null || !status.matches("HTTP/1\\.[01] \\d{3}.*")) {
                throw new IOException("the answer is not HTTP");
            }
            if (!status.substring(9, 12).equals("200")) {
                throw new IOException("the answer is " + status.substring(9, 12));
            }
            for (String header = lines.next(); header != null && !header.isEmpty();) {
                header = lines.next();
            }
            for (String line = lines.next(); line != null; line = lines.next()) {
                for (MetricSum each : sums) {
                    each.line(line);
                }
            }
        }
    }

    /** Lines until the end, the deadline or the limit. */
    private static final class Lines {
        private final Socket socket;
        private final InputStream in;
        private final long deadline;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int at;
        private int filled;
        private int total;

        Lines(Socket socket, long deadline) throws IOException {
            this.socket = socket;
            this.in = socket.getInputStream();
            this.deadline = deadline;
        }

        /** {@code null} at the end. */
        String next() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            while (at < filled || fill()) {
                byte each = buffer[at++];
                if (each == '\n') {
                    return text(line);
                }
                if (line.size() >= MOST_LINE_BYTES) {
                    throw new IOException("a line of the answer has more than " + MOST_LINE_BYTES + " bytes");
                }
                line.write(each);
            }
            return line.size() == 0 ? null : text(line);
        }

        private boolean fill() throws IOException {
            long left = (deadline - System.nanoTime()) / NANOS_PER_MILLI;
            if (left <= 0) {
                throw new SocketTimeoutException();
            }
            socket.setSoTimeout((int) left);
            filled = in.read(buffer);
            at = 0;
            total += Math.max(0, filled);
            if (total > MOST_BYTES) {
                throw new IOException("the answer has more than " + MOST_BYTES + " bytes");
            }
            return filled > 0;
        }

        private static String text(ByteArrayOutputStream line) {
            String text = line.toString(StandardCharsets.UTF_8);
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        }
    }
}
