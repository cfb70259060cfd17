package runtime.files;

import java.nio.charset.StandardCharsets;

/** File names as text that loses nothing: one char per byte. */
final class LayerPathText {
    private LayerPathText() {}

    static String of(byte[] name) {
        return new String(name, StandardCharsets.ISO_8859_1);
    }
}
