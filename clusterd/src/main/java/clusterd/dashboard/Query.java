package clusterd.dashboard;

import com.sun.net.httpserver.HttpExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What follows the {@code ?} of an address.
 *
 * @param values by name; the first of each
 */
record Query(Map<String, String> values) {
    static Query of(HttpExchange exchange) {
        String raw = exchange.getRequestURI().getRawQuery();
        Map<String, String> values = new HashMap<>();
        for (String each : raw == null ? new String[0] : raw.split("&")) {
            int equals = each.indexOf('=');
            if (equals > 0) {
                values.putIfAbsent(each.substring(0, equals),
                        URLDecoder.decode(each.substring(equals + 1), StandardCharsets.UTF_8));
            }
        }
        return new Query(values);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** {@code ""} if it is not there. */
    String get(String name) {
        return values.getOrDefault(name, "");
    }

    /** 0 for what is no number. */
    static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
