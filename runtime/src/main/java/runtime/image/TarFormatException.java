package runtime.image;

import java.io.IOException;

/** An archive that is broken, cut short, or uses a feature of tar we do not read. */
public final class TarFormatException extends IOException {
    public TarFormatException(String message) {
        super(message);
    }
}
