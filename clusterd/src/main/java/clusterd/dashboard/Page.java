package clusterd.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** The files of the page, and what every answer says to browsers. */
final class Page {
    /** Nothing from elsewhere, nothing inline, no text that becomes markup, and no page around this one. */
    static final String CONTENT_SECURITY_POLICY = "default-src 'none'; script-src 'self'; style-src 'self';"
            + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("/", "index.html"), Map.entry("/dashboard.css", "dashboard.css"),
            Map.entry("/main.js", "main.js"), Map.entry("/board.js", "board.js"),
            Map.entry("/nodes.js", "nodes.js"), Map.entry("/services.js", "services.js"),
            Map.entry("/feed.js", "feed.js"), Map.entry("/panel.js", "panel.js"),
            Map.entry("/logs.js", "logs.js"), Map.entry("/dom.js", "dom.js"), Map.entry("/icon.svg", "icon.svg"),
            // Asked for by browsers at what is no page of ours: the way in, and refusals.
            Map.entry("/favicon.ico", "icon.svg"));
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

    private Page() {
    }

    /** The bytes of the file at that path, if there is one. */
    static Optional<byte[]> file(String path) throws IOException {
        String name = FILES.get(path);
        if (name == null) {
            return Optional.empty();
        }
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("this jctl was built without the dashboard's " + name);
            }
            return Optional.of(in.readAllBytes());
        }
    }

    static String type(String path) {
        String name = FILES.get(path);
        return TYPES.get(name.substring(name.lastIndexOf('.') + 1));
    }

    static void describe(Headers headers, String type) {
        headers.set("Content-Type", type);
        headers.set("Content-Security-Policy", CONTENT_SECURITY_POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Cache-Control", "no-store");
    }

    static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        describe(exchange.getResponseHeaders(), type);
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    static void say(HttpExchange exchange, int status, String sentence) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Leads from the link to the page, without the token in its address. Not by a redirection: to one that began on
     * another site a browser gives no strict cookie.
     */
    static void enter(HttpExchange exchange, String cookie) throws IOException {
        exchange.getResponseHeaders().set("Set-Cookie", cookie);
        send(exchange, 200, TYPES.get("html"), ("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta http-equiv=\"refresh\" content=\"0; url=/\"><title>jctl</title>"
                + "<p><a href=\"/\">The dashboard</a></p></html>").getBytes(StandardCharsets.UTF_8));
    }
}
