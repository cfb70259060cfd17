package runtime.registry;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * One HTTP request, before it is known who has to be asked and with what authorization.
 *
 * @param body gives the body anew for each time it is sent
 * @param sentBytes how much of the body has left so far; shows that an upload still moves
 */
record Query(String method, URI uri, Map<String, String> headers, Supplier<BodyPublisher> body,
        LongSupplier sentBytes) {

    Query {
        headers = Map.copyOf(headers);
    }

    static Query get(URI uri) {
        return withoutBody("GET", uri);
    }

    static Query withoutBody(String method, URI uri) {
        return new Query(method, uri, Map.of(), BodyPublishers::noBody, () -> 0);
    }

    static Query withBody(String method, URI uri, String contentType, byte[] body) {
        return new Query(method, uri, Map.of("Content-Type", contentType),
                () -> BodyPublishers.ofByteArray(body), () -> 0);
    }

    Query withHeader(String name, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(name, value);
        return new Query(method, uri, more, body, sentBytes);
    }

    boolean isReading() {
        return method.equals("GET") || method.equals("HEAD");
    }
}
