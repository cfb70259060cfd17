package runtime.forward;

import java.util.Map;

/**
 * Whose output a message is.
 *
 * @param id        of the container, 64 digits
 * @param name      of the container
 * @param imageName as the user wrote it
 * @param imageId   with its {@code sha256:}
 * @param extra     what {@code --log-opt labels} and {@code env} chose
 */
public record LogSubject(String id, String name, String imageName, String imageId,
        Map<String, String> extra) {
    String shortId() {
        return id.substring(0, Math.min(12, id.length()));
    }
}
