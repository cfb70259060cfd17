package runtime.registry;

import java.io.Closeable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Optional;
import java.util.OptionalLong;

/** A response whose body is still to be read; closing it breaks off the rest. */
record Reply(int status, HttpHeaders headers, URI uri, ResponseStream body) implements Closeable {

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    /** Empty if absent or not a number. */
    OptionalLong contentLengthBytes() {
        return number("Content-Length");
    }

    /** Empty if the header is absent or not a number. */
    OptionalLong number(String name) {
        Optional<String> text = header(name);
        if (text.isPresent() && text.get().matches("[0-9]{1,18}")) {
            return OptionalLong.of(Long.parseLong(text.get()));
        }
        return OptionalLong.empty();
    }

    /** The whole body, or empty if it is longer than {@code limitBytes}. */
    Optional<byte[]> readBody(int limitBytes) throws IOException {
        if (contentLengthBytes().orElse(0) > limitBytes) {
            return Optional.empty();
        }
        byte[] bytes = body.readNBytes(limitBytes + 1);
        return bytes.length > limitBytes ? Optional.empty() : Optional.of(bytes);
    }

    @Override
    public void close() {
        body.close();
    }
}
